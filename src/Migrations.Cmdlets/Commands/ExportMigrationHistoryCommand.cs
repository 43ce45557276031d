using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.History;

namespace Migrations.Cmdlets.Commands;

/// <summary>Writes every row of a history to a file.</summary>
[Cmdlet(VerbsData.Export, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(HistoryExport))]
public sealed class ExportMigrationHistoryCommand : DatabaseCommand
{
    /// <summary>JSON lines.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string OutFile { get; set; } = "";

    /// <summary>The project whose settings name the history schema.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var schema = HistorySelection.Of(this, Path, HistorySchema);
        var file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile);
        if (!ShouldProcess(file, $"Write the history {schema} of {Database.Options.Database} on {Database.Options.Host}:{Database.Options.Port}")) return;
        WriteObject(Await((_, stop) => new HistoryExporter(Database, TimeProvider.System).ExportAsync(schema, file, Force, stop)));
    }
}
