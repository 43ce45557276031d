using System.Management.Automation;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Makes the history schema and stamps the environment. Invoke-Migration makes the schema too; this is for a role that may, before one that may not.</summary>
[Cmdlet(VerbsData.Initialize, "MigrationDatabase", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(InitializedDatabase))]
public sealed class InitializeMigrationDatabaseCommand : DatabaseCommand
{
    /// <summary>What this database is: development, staging, production. A run can then demand it.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HistorySchema { get; set; } = Engine.History.HistorySchema.DefaultName;

    protected override void Execute()
    {
        var schema = new HistorySchema(HistorySchema);
        var what = Environment is null ? $"Make the history schema {schema}" : $"Make the history schema {schema} and stamp it {Environment}";
        if (!ShouldProcess(Database.Options.ToString(), what)) return;
        WriteObject(Await((activity, stop) => new DatabaseInitializer(Database, activity, TimeProvider.System).InitializeAsync(schema, Environment, stop)));
    }
}
