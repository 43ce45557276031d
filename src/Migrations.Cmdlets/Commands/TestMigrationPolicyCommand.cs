using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Governance;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Holds scripts against the project's policy.json and says what Invoke-Migration would be refused for.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MigrationPolicy", DefaultParameterSetName = OnTarget)]
[OutputType(typeof(PolicyFinding), typeof(bool))]
public sealed class TestMigrationPolicyCommand : ProjectCommand
{
    private const string OnTarget = "Target";
    private const string Everything = "Offline";

    /// <summary>No server is asked: every script of the project is looked at.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Everything)]
    public SwitchParameter Offline { get; set; }

    /// <summary>As if it ran where this stamp is; without it what holds everywhere.</summary>
    [Parameter(ParameterSetName = Everything)]
    [ArgumentCompleter(typeof(PolicyEnvironmentCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    /// <summary>The .json file that Test-Migration -OutFile wrote; without it the one that the policy names.</summary>
    [Parameter]
    [Alias("Report")]
    [ValidateNotNullOrEmpty]
    public string? RehearsalReport { get; set; }

    /// <summary>End with an error when there is a finding of this severity, or of a worse one, that nobody has waived.</summary>
    [Parameter]
    [ValidateSet("Error", "Warning", "Info")]
    public string? FailOn { get; set; }

    /// <summary>Only whether all is well: no finding of severity Error that nobody has waived; -FailOn says it otherwise.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        var report = RehearsalReport is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(RehearsalReport);
        var examination = new PolicyExamination(Policy.Of(Project), Project, report, TimeProvider.System);
        var verdict = Offline ? examination.Examine(Environment) : Await(async (_, stop) =>
        {
            // With no gate: what the policy refuses is what is asked for.
            var plan = await new MigrationPlanner(Database, Project, []).PlanAsync(BaseRequest(), stop);
            return await examination.ExamineAsync(plan, Database, stop);
        });
        if (!Quiet)
        {
            if (verdict.Findings.Count == 0) Say($"The policy has nothing to say{(verdict.Target is { } target ? $" of what is pending in {target}" : "")}.");
            WriteObject(verdict.Findings, enumerateCollection: true);
        }

        Judge(verdict);
    }

    private void Judge(PolicyVerdict verdict)
    {
        var least = Enum.Parse<PolicySeverity>(FailOn ?? "Error", ignoreCase: true);
        var failed = verdict.Findings.Where(finding => finding.Severity >= least && !finding.IsWaived).ToList();
        if (Quiet) WriteObject(failed.Count == 0);
        // Who asks quietly has the answer.
        if (failed.Count == 0 || FailOn is null || Quiet) return;
        throw new EngineException("PolicyFailed", FailureKind.Refused,
            $"The policy has {failed.Count} finding{(failed.Count == 1 ? "" : "s")} that -FailOn names ({FailOn}):{string.Concat(failed.Select(finding => $"\n  {finding}"))}",
            "Mend the scripts; or let somebody answer for it, with a reason and a last day: \"waivers\" in policy.json.", failed[0].Script);
    }
}
