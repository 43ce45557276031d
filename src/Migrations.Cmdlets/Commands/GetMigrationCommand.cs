using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Where each script of the project stands in the database; offline, what the files say; with -Running, what a run does now.</summary>
[Cmdlet(VerbsCommon.Get, "Migration", DefaultParameterSetName = Standing)]
[OutputType(typeof(MigrationStatus), ParameterSetName = [Standing])]
[OutputType(typeof(OfflineScript), ParameterSetName = [FilesAlone])]
[OutputType(typeof(RunningMigration), ParameterSetName = [Now])]
public sealed class GetMigrationCommand : ProjectCommand
{
    private const string Standing = "Status";
    private const string FilesAlone = "Offline";
    private const string Now = "Running";

    [Parameter(ParameterSetName = Standing)]
    [Parameter(ParameterSetName = FilesAlone)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Version { get; set; }

    [Parameter(ParameterSetName = Standing)]
    [ValidateSet("Applied", "Pending", "Changed", "Missing", "Replaced", "Failed", "OutOfOrder")]
    public string[]? State { get; set; }

    /// <summary>Read and check the files, ask no server.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FilesAlone)]
    public SwitchParameter Offline { get; set; }

    /// <summary>What runs in this database now, started from whichever shell.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Now)]
    public SwitchParameter Running { get; set; }

    /// <summary>The schema of the history to look into; without it the project's, and outside a project the usual one.</summary>
    [Parameter(ParameterSetName = Now)]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    [Parameter(ParameterSetName = Standing)]
    [Parameter(ParameterSetName = Now)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = Standing)]
    [Parameter(ParameterSetName = Now)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = Standing)]
    [Parameter(ParameterSetName = Now)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        switch (ParameterSetName)
        {
            case FilesAlone:
                WriteObject(new OfflineReader(Project).Read().Where(script => IsWanted(script.Version, script.Name)), enumerateCollection: true);
                break;
            case Now:
                var schema = HistorySelection.Of(this, Path, HistorySchema);
                WriteObject(Await((_, stop) => new RunningMigrationReader(Database, TimeProvider.System).ReadAsync(schema, stop)), enumerateCollection: true);
                break;
            default:
                var history = new HistorySchema(Project.Settings.HistorySchema);
                var all = Await((_, stop) => new StatusReader(Database, Project).ReadAsync(history, stop));
                WriteObject(all.Where(IsWanted), enumerateCollection: true);
                break;
        }
    }

    private bool IsWanted(MigrationStatus status) =>
        (State is null || State.Contains(status.State.ToString(), StringComparer.OrdinalIgnoreCase)) && IsWanted(status.Version, status.Name);

    private bool IsWanted(string version, string name) => Version is null || Version.Any(pattern => VersionPattern.Matches(pattern, version, name));
}
