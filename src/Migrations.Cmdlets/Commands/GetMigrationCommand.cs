using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Where each script of the project stands in the database; with -Running what a run does there now.</summary>
[Cmdlet(VerbsCommon.Get, "Migration", DefaultParameterSetName = Standing)]
[OutputType(typeof(MigrationStatus), ParameterSetName = [Standing])]
[OutputType(typeof(RunningMigration), ParameterSetName = [Now])]
public sealed class GetMigrationCommand : ProjectCommand
{
    private const string Standing = "Status";
    private const string Now = "Running";

    [Parameter(ParameterSetName = Standing)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Version { get; set; }

    [Parameter(ParameterSetName = Standing)]
    [ValidateSet("Applied", "Pending", "Changed", "Missing", "Failed", "OutOfOrder")]
    public string[]? State { get; set; }

    /// <summary>What runs in this database now, started from whichever shell.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Now)]
    public SwitchParameter Running { get; set; }

    /// <summary>The schema of the history to look into; without it the project's, and outside a project the usual one.</summary>
    [Parameter(ParameterSetName = Now)]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    protected override void Execute()
    {
        if (Running)
        {
            var schema = HistorySelection.Of(this, Path, HistorySchema);
            WriteObject(Await((_, stop) => new RunningMigrationReader(Database, TimeProvider.System).ReadAsync(schema, stop)), enumerateCollection: true);
            return;
        }

        var history = new HistorySchema(Project.Settings.HistorySchema);
        var all = Await((_, stop) => new StatusReader(Database, Project).ReadAsync(history, stop));
        WriteObject(all.Where(IsWanted), enumerateCollection: true);
    }

    private bool IsWanted(MigrationStatus status) =>
        (State is null || State.Contains(status.State.ToString(), StringComparer.OrdinalIgnoreCase))
        && (Version is null || Version.Any(pattern => VersionPattern.Matches(pattern, status.Version, status.Name)));
}
