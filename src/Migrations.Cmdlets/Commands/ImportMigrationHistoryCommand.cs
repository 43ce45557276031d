using System.Management.Automation;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Takes over what another tool has on record. Runs nothing, and changes nothing of that tool.</summary>
[Cmdlet(VerbsData.Import, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationBaseline))]
public sealed class ImportMigrationHistoryCommand : TakeOverCommand
{
    /// <summary>The tool; without it the one whose history is found.</summary>
    /// <remarks>Text, not the engine's enum: a field of a value type would load the engine at import.</remarks>
    [Parameter]
    [ValidateSet("Flyway", "Liquibase", "Alembic", "Dbmate", "GolangMigrate", "Sqitch", "DbUp")]
    public string? From { get; set; }

    /// <summary>Its table as SQL writes it, when it is not the usual one or not the only one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Table { get; set; }

    /// <summary>Where the map of their entries to our scripts goes; without it history-map.csv in the project.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MapFile { get; set; }

    /// <summary>Take over scripts whose file is not what the tool ran, and record it.</summary>
    [Parameter]
    public SwitchParameter AllowMismatch { get; set; }

    /// <summary>Overwrite the map file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var request = Request();
        var import = new ImportRequest { From = From is null ? null : Enum.Parse<HistoryTool>(From, ignoreCase: true), Table = Table, AllowMismatch = AllowMismatch };
        var plan = Await((_, stop) => new ImportPlanner(Database, Project).PlanAsync(request, import, stop));
        var map = new HistoryMapFile(
            MapFile is null ? System.IO.Path.Combine(Project.Root, HistoryMapFile.DefaultName) : SessionState.Path.GetUnresolvedProviderPathFromPSPath(MapFile), Force);
        if (Carry(plan, $"Put {Scripts(plan.Count)} of {plan.Source} on record as applied", map)) Say($"The map is in {map.FullPath}");
    }
}
