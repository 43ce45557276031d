using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Where each script of the project stands in the database; offline, what the files say.</summary>
[Cmdlet(VerbsCommon.Get, "Migration", DefaultParameterSetName = InDatabase)]
[OutputType(typeof(MigrationStatus), ParameterSetName = [InDatabase])]
[OutputType(typeof(OfflineScript), ParameterSetName = [FilesAlone])]
public sealed class GetMigrationCommand : ProjectCommand
{
    private const string InDatabase = "Database";
    private const string FilesAlone = "Offline";

    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Version { get; set; }

    [Parameter(ParameterSetName = InDatabase)]
    [ValidateSet("Applied", "Pending", "Changed", "Missing", "Failed", "OutOfOrder")]
    public string[]? State { get; set; }

    /// <summary>Read and check the files, ask no server.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FilesAlone)]
    public SwitchParameter Offline { get; set; }

    [Parameter(ParameterSetName = InDatabase)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = InDatabase)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = InDatabase)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        if (Offline)
        {
            WriteObject(new OfflineReader(Project).Read().Where(script => IsWanted(script.Version, script.Name)), enumerateCollection: true);
            return;
        }

        var schema = new HistorySchema(Project.Settings.HistorySchema);
        var all = Await((_, stop) => new StatusReader(Database, Project).ReadAsync(schema, stop));
        WriteObject(all.Where(IsWanted), enumerateCollection: true);
    }

    private bool IsWanted(MigrationStatus status) =>
        (State is null || State.Contains(status.State.ToString(), StringComparer.OrdinalIgnoreCase)) && IsWanted(status.Version, status.Name);

    private bool IsWanted(string version, string name) => Version is null || Version.Any(pattern => VersionPattern.Matches(pattern, version, name));
}
