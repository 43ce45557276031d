BeforeDiscovery {
    $cmdlets = (Import-PowerShellDataFile "$PSScriptRoot/../../Migrations.psd1").CmdletsToExport
}

BeforeAll {
    $manifest = (Resolve-Path "$PSScriptRoot/../../Migrations.psd1").ProviderPath
    Import-Module $manifest

    # A PowerShell that has never seen the module.
    function Invoke-Fresh {
        param([string] $Command)

        & "$PSHOME/pwsh" -NoProfile -NonInteractive -Command $Command
    }
}

Describe 'The manifest' {
    It 'passes Test-ModuleManifest' {
        $tested = Test-ModuleManifest $manifest
        $tested.Name | Should -Be 'Migrations'
        $tested.PowerShellVersion | Should -Be '7.6'
        $tested.CompatiblePSEditions | Should -Be 'Core'
    }

    It 'exports its cmdlets and nothing else' {
        $listed = (Import-PowerShellDataFile $manifest).CmdletsToExport
        $exported = Get-Command -Module Migrations
        $exported.Count | Should -Be $listed.Count
        $exported.CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
        $exported.Name | Sort-Object | Should -Be ($listed | Sort-Object)
    }
}

Describe 'Import' {
    It 'says nothing and loads no dependency' {
        $loaded = Invoke-Fresh "Import-Module '$manifest'; [System.Runtime.Loader.AssemblyLoadContext]::All.Assemblies.ForEach{ `$_.GetName().Name }"
        $loaded | Should -Contain 'Migrations.Cmdlets'
        $loaded | Should -Not -Contain 'Npgsql'
        $loaded | Should -Not -Contain 'Migrations.Engine'
    }

    It 'can be forced and repeated' {
        $count = (Get-Command -Module Migrations).Count
        Import-Module $manifest -Force
        Import-Module $manifest
        (Get-Command -Module Migrations).Count | Should -Be $count
        @(Get-Module Migrations).Count | Should -Be 1
    }

    It 'can be undone' {
        $commands = Invoke-Fresh "Import-Module '$manifest'; Remove-Module Migrations; (Get-Command -Module Migrations | Measure-Object).Count"
        $commands | Should -Be 0
    }

    It 'takes a prefix' {
        $names = Invoke-Fresh "Import-Module '$manifest' -Prefix Pg; (Get-Command -Module Migrations).Name; Get-PgDbConnection"
        $names | Should -Contain 'Get-PgDbConnection'
        $names | Should -Contain 'Invoke-PgMigration'
        $names | Should -Not -Contain 'Invoke-Migration'
    }
}

Describe 'Help' {
    It '<_> has a synopsis, a description and two examples' -ForEach $cmdlets {
        $help = Get-Help $_ -Full
        # Without help of ours, PowerShell makes the synopsis out of the syntax.
        $help.Synopsis.Trim() | Should -Not -Match "^$_\b"
        $help.Synopsis | Should -Not -BeNullOrEmpty
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }
}

Describe 'This suite' {
    BeforeAll {
        $called = Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | ForEach-Object {
            $syntax = [System.Management.Automation.Language.Parser]::ParseFile($_.FullName, [ref]$null, [ref]$null)
            $syntax.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | ForEach-Object { $_.GetCommandName() }
        }
    }

    It 'calls <_>' -ForEach $cmdlets {
        $called | Should -Contain $_
    }
}
