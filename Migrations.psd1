@{
    # Isolation first: it hooks the load context before PowerShell looks at the cmdlets' types.
    NestedModules = 'module/bin/Migrations.Isolation.dll'
    RootModule = 'module/bin/Migrations.Cmdlets.dll'

    ModuleVersion = '0.1.0'
    GUID = '783b4ad2-23de-434b-acbd-a88823401930'
    Author = 'The Migrations authors'
    CompanyName = 'The Migrations authors'
    Copyright = '(c) The Migrations authors. MIT License.'
    Description = 'Carries a PostgreSQL database through its whole life: versioned scripts, rollbacks, rehearsals, zero-downtime changes, bulk CSV, erasure of a person''s data, health checks, an audit trail and governance.'

    CompatiblePSEditions = 'Core'
    PowerShellVersion = '7.6'

    FormatsToProcess = 'module/Migrations.Format.ps1xml'

    # Explicit lists: a wildcard would make auto-loading analyse the assemblies.
    CmdletsToExport = @(
        'Connect-Db', 'Disconnect-Db', 'Get-DbConnection'
        'Invoke-DbQuery'
        'Start-DbSandbox', 'Stop-DbSandbox', 'Get-DbSandbox'
        'Initialize-MigrationProject', 'Initialize-MigrationDatabase'
        'New-Migration', 'Get-Migration', 'Test-Migration', 'Test-MigrationPolicy', 'Invoke-Migration', 'Undo-Migration', 'Repair-Migration', 'Stop-Migration'
        'Get-DbSchema', 'Compare-DbSchema'
        'Export-MigrationDocument'
        'Import-Table', 'Export-Table', 'Stop-TableImport'
        'Set-MigrationBaseline', 'Import-MigrationHistory', 'Export-MigrationHistory', 'Remove-MigrationHistory'
        'Get-MigrationAudit', 'Test-MigrationAudit'
    )
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()

    PrivateData = @{
        PSData = @{
            Tags = 'PostgreSQL', 'Database', 'Migration', 'Schema', 'SQL', 'Linux', 'MacOS', 'Windows'
            ReleaseNotes = 'CHANGELOG.md'
        }
    }
}
