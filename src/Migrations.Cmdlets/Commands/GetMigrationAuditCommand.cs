using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Audit;

namespace Migrations.Cmdlets.Commands;

/// <summary>Shows who did what, and when, from the audit chain of a database; or writes the chain to a file.</summary>
[Cmdlet(VerbsCommon.Get, "MigrationAudit", DefaultParameterSetName = Shown)]
[OutputType(typeof(AuditEvent), typeof(FileInfo))]
public sealed class GetMigrationAuditCommand : DatabaseCommand
{
    private const string Shown = "Shown";
    private const string Written = "Written";

    /// <summary>The project whose settings name the history schema.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>Names of acts, with * for any text: Script*, RunRefused.</summary>
    [Parameter(ParameterSetName = Shown)]
    [ArgumentCompleter(typeof(AuditActCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Act { get; set; } = [];

    /// <summary>From then on.</summary>
    [Parameter(ParameterSetName = Shown)]
    public DateTime? From { get; set; }

    /// <summary>Before then.</summary>
    [Parameter(ParameterSetName = Shown)]
    public DateTime? To { get; set; }

    /// <summary>About this script.</summary>
    [Parameter(ParameterSetName = Shown)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    [Parameter(ParameterSetName = Shown, ValueFromPipelineByPropertyName = true)]
    public Guid? RunId { get; set; }

    /// <summary>Only the newest.</summary>
    [Parameter(ParameterSetName = Shown)]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Writes all entries as JSON lines, for Test-MigrationAudit -File where there is no database.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Written)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter(ParameterSetName = Written)]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var reader = new AuditReader(Database, HistorySelection.Of(this, Path, HistorySchema));
        if (OutFile is not null)
        {
            var file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile);
            Await((_, stop) => reader.ExportAsync(file, Force, stop));
            WriteFile(file);
            return;
        }

        var selection = new AuditSelection(Act, From is { } from ? new DateTimeOffset(from) : null, To is { } to ? new DateTimeOffset(to) : null, Version, RunId, Last);
        WriteObject(Await((_, stop) => reader.ReadAsync(selection, stop)), enumerateCollection: true);
    }
}
