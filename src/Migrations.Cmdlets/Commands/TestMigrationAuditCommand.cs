using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Audit;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Says whether the record of a database is what was recorded: nothing changed, nothing gone, nothing put in between.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MigrationAudit", DefaultParameterSetName = OfDatabase)]
[OutputType(typeof(AuditReport), typeof(bool))]
public sealed class TestMigrationAuditCommand : DatabaseCommand
{
    private const string OfDatabase = "Database";
    private const string OfFile = "File";

    /// <summary>The project whose settings name the history schema and the file of anchors.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>A chain that Get-MigrationAudit -OutFile wrote; no database is asked.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OfFile)]
    [ValidateNotNullOrEmpty]
    public string? File { get; set; }

    /// <summary>Files of anchors; without it the one that the project names, when it is there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AnchorPath { get; set; } = [];

    /// <summary>End with an error from this on: Unanchored is everything but Intact, Incomplete what is open or worse, Broken what was changed or is gone.</summary>
    [Parameter]
    [ValidateSet("Unanchored", "Incomplete", "Broken")]
    public string? FailOn { get; set; }

    /// <summary>Only whether it can be believed: no open entry and nothing worse; -FailOn says it otherwise.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        var anchors = Anchors();
        var report = File is null ? OfTheDatabase(anchors) : Await((_, stop) => AuditVerifier.VerifyAsync(SessionState.Path.GetUnresolvedProviderPathFromPSPath(File), anchors, stop));
        report = WithoutAnchors(report);
        var failed = report.State >= (FailOn ?? "Incomplete") switch { "Unanchored" => AuditState.Unanchored, "Incomplete" => AuditState.Incomplete, _ => AuditState.RolledBack };
        if (Quiet)
        {
            WriteObject(!failed);
            return;
        }

        WriteObject(report);
        if (FailOn is null || !failed) return;
        throw new EngineException("AuditNotIntact", FailureKind.Conflict, $"The audit chain of {report.Source} is {report.State}{(report.Findings.Count > 0 ? ": " + report.Findings[0].Message : "")}",
            "Look at the findings: (Test-MigrationAudit).Findings. Keep what is there before anything is mended: Get-MigrationAudit -OutFile.", report.Source);
    }

    private AuditReport OfTheDatabase(AnchorSet anchors)
    {
        var schema = HistorySelection.Of(this, Path, HistorySchema);
        return Await(async (_, stop) =>
        {
            var running = (await new RunningMigrationReader(Database, TimeProvider.System).ReadAsync(schema, stop)).FirstOrDefault(run => run.State == RunningState.Running);
            var report = await AuditVerifier.VerifyAsync(Database, schema, anchors, running?.RunId, stop);
            if (report.State != AuditState.Incomplete || running is not null) return report;
            // A run may have begun between the two questions.
            running = (await new RunningMigrationReader(Database, TimeProvider.System).ReadAsync(schema, stop)).FirstOrDefault(run => run.State == RunningState.Running);
            return running is null ? report : await AuditVerifier.VerifyAsync(Database, schema, anchors, running.RunId, stop);
        });
    }

    private AnchorSet Anchors()
    {
        var named = AnchorSelection.Of(this, Path);
        if (AnchorPath.Length == 0) return named is null || !System.IO.File.Exists(named) ? AnchorSet.None : AnchorFile.Read(named);
        var sets = AnchorPath.Select(path => AnchorFile.Read(SessionState.Path.GetUnresolvedProviderPathFromPSPath(path))).ToList();
        return new AnchorSet([.. sets.SelectMany(set => set.Anchors)], [.. sets.SelectMany(set => set.Unreadable)]);
    }

    /// <summary>Whoever wrote a chain anew would take its anchors away.</summary>
    private AuditReport WithoutAnchors(AuditReport report) => AnchorPath.Length == 0 && report.Runs > 0 && AnchorSelection.Of(this, Path) is { } named && !System.IO.File.Exists(named)
        ? report with { Findings = [.. report.Findings, new AuditFinding(AuditState.Incomplete, null, $"The project names the anchors in {named}, and there is no such file, though runs have ended.")] }
        : report;
}
