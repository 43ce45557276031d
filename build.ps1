#Requires -Version 7.6
<#
.SYNOPSIS
Builds, tests, measures and packs the module. Thin over dotnet, and it runs in Migrations.Shell too:
dotnet run --project src/Migrations.Shell -- -NoModule build.ps1 Test

.PARAMETER Task
Build    dotnet build; the module can be imported from this folder afterwards
Test     dotnet test, and the Pester suite where pwsh and Pester are installed
Bench    the benchmarks of tests/Benchmarks, in Release
Package  the module as PowerShell finds it: package/Migrations/<version>, whose parent can be put on PSModulePath

.PARAMETER NoBuild
Takes what is built already.

.PARAMETER Output
Where Package puts the module.

.PARAMETER Rest
Goes to dotnet as it is.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Bench', 'Package')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = $(if ($Task -in 'Bench', 'Package') { 'Release' } else { 'Debug' }),

    [switch] $NoBuild,

    [string] $Output = [System.IO.Path]::Combine($PSScriptRoot, 'package'),

    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Rest = @()
)

$ErrorActionPreference = 'Stop'

function Get-RootPath([string] $Relative) { [System.IO.Path]::Combine($PSScriptRoot, $Relative) }

function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program $($Arguments[0]) ended with $LASTEXITCODE." }
}

function Build {
    if ($NoBuild) { return }
    Invoke-Program dotnet (@('build', (Get-RootPath 'Migrations.slnx'), '--configuration', $Configuration, '--nologo') + $Rest)
}

function Test {
    $skip = if ($NoBuild) { @('--no-build') } else { @() }
    Invoke-Program dotnet (@('test', '--solution', (Get-RootPath 'Migrations.slnx'), '--configuration', $Configuration) + $skip + $Rest)

    $suite = Get-RootPath 'tests/Pester'
    $hasPester = (Get-Command pwsh -ErrorAction Ignore) -and (& pwsh -NoProfile -Command '[bool](Get-Module Pester -ListAvailable)') -eq 'True'
    if (-not $hasPester) { return 'The Pester suite was not run: pwsh with Pester is not installed.' }
    Invoke-Program pwsh @('-NoProfile', '-Command', "Import-Module Pester; Invoke-Pester -Path '$suite' -CI")
}

function Bench {
    Invoke-Program dotnet (@('run', '--project', (Get-RootPath 'tests/Benchmarks'), '--configuration', $Configuration, '--') + $Rest)
}

function Package {
    Build
    $version = ([xml] [System.IO.File]::ReadAllText((Get-RootPath 'Directory.Build.props'))).Project.PropertyGroup.Version
    $target = [System.IO.Path]::Combine($Output, 'Migrations', $version)
    if ([System.IO.Directory]::Exists($target)) { [System.IO.Directory]::Delete($target, $true) }

    $files = @('Migrations.psd1', 'LICENSE', 'README.md', 'CHANGELOG.md' | Where-Object { [System.IO.File]::Exists((Get-RootPath $_)) })
    $folders = @('module', 'en-US')
    foreach ($folder in $folders) {
        $files += [System.IO.Directory]::GetFiles((Get-RootPath $folder), '*', 'AllDirectories') |
            ForEach-Object { [System.IO.Path]::GetRelativePath($PSScriptRoot, $_) } |
            # The sources of the help: the build put them into en-US.
            Where-Object { -not $_.StartsWith([System.IO.Path]::Combine('module', 'en-US')) }
    }

    foreach ($file in $files) {
        $copy = [System.IO.Path]::Combine($target, $file)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($copy))
        [System.IO.File]::Copy((Get-RootPath $file), $copy)
    }

    $target
}

& $Task
