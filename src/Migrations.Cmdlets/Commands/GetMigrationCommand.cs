using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Where each script of the project stands in the database.</summary>
[Cmdlet(VerbsCommon.Get, "Migration")]
[OutputType(typeof(MigrationStatus))]
public sealed class GetMigrationCommand : ProjectCommand
{
    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Version { get; set; }

    [Parameter]
    [ValidateSet("Applied", "Pending", "Changed", "Missing", "Failed", "OutOfOrder")]
    public string[]? State { get; set; }

    protected override void Execute()
    {
        var schema = new HistorySchema(Project.Settings.HistorySchema);
        var all = Await((_, stop) => new StatusReader(Database, Project).ReadAsync(schema, stop));
        WriteObject(all.Where(IsWanted), enumerateCollection: true);
    }

    private bool IsWanted(MigrationStatus status) =>
        (State is null || State.Contains(status.State.ToString(), StringComparer.OrdinalIgnoreCase))
        && (Version is null || Version.Any(pattern => VersionPattern.Matches(pattern, status.Version, status.Name)));
}
