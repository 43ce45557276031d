using System.Globalization;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Asks every rule of a policy about scripts, and the policy about who lets what pass. It changes nothing.</summary>
/// <param name="reportPath">The .json file of Test-Migration -OutFile, full; null: the one that the policy names, if any.</param>
public sealed class PolicyExamination(Policy policy, ScriptProject project, string? reportPath, TimeProvider clock)
{
    private readonly DateOnly _today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
    private readonly SecretMask _secrets = Stage.SecretsOf(project);

    /// <summary>Every script of the project, as if it ran in an environment with this stamp; no server is asked.</summary>
    /// <param name="environment">Null: what holds everywhere.</param>
    /// <exception cref="EngineException">PolicyEnvironmentUnknown, ReportNotReadable, and what is wrong with a script.</exception>
    public PolicyVerdict Examine(string? environment)
    {
        if (environment is not null && !policy.EnvironmentNames.Contains(environment, StringComparer.OrdinalIgnoreCase) && policy.EnvironmentNames.Any())
        {
            throw new EngineException("PolicyEnvironmentUnknown", FailureKind.NotFound, $"{Policy.FileName} does not name the environment {environment}.{NearestName.Suggest(environment, policy.EnvironmentNames)}",
                $"It names {string.Join(", ", policy.EnvironmentNames)}; without -Environment what holds everywhere is asked.", environment);
        }

        var chosen = policy.For(environment);
        var scripts = project.Versioned.Concat(project.Repeatable).ToList();
        var (evidence, misfits) = Hold(chosen, scripts, null);
        return Judge(chosen, environment, null, [.. scripts.Select(script => PolicyCase.Of(script, evidence.GetValueOrDefault(script.Name), project)), .. Hooks()], misfits);
    }

    /// <summary>The scripts of a plan, in the environment whose stamp its target carries.</summary>
    /// <param name="database">The target: its schema is held against the report.</param>
    /// <exception cref="EngineException">ReportNotReadable, and what is wrong with a script.</exception>
    public async Task<PolicyVerdict> ExamineAsync(MigrationPlan plan, Database database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (chosen, environment) = (policy.For(plan.Target.Environment), plan.Target.Environment);
        var stamp = new EnvironmentStampRule().Examine(policy, environment);
        if (plan.Direction == Direction.Down)
            return Judge(chosen, environment, plan.Target, plan.Scripts.Count == 0 ? [] : [.. plan.Scripts.Select(script => PolicyCase.OfUndo(script, project)), .. Hooks()], stamp is null ? [] : [stamp]);

        var byKey = project.Versioned.Concat(project.Repeatable).ToDictionary(ScriptKey.Of);
        var scripts = plan.Scripts.Select(script => byKey[script.Key]).ToList();
        var (evidence, misfits) = Hold(chosen, scripts, int.Parse(string.Concat(plan.Target.ServerVersion.TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture));
        if (stamp is not null && scripts.Count > 0) misfits.Add(stamp);
        if (evidence.Count > 0 && await Report(chosen)!.OfSchemaAsync(plan, database, cancellationToken) is { } other)
        {
            evidence.Clear();
            if (IsAsked(chosen)) misfits.Add(new RehearsalReportRule().Of(other, null));
        }

        return Judge(chosen, environment, plan.Target, scripts.Count == 0 ? [] : [.. scripts.Select(script => PolicyCase.Of(script, evidence.GetValueOrDefault(script.Name), project)), .. Hooks()], misfits);
    }

    private IEnumerable<PolicyCase> Hooks() => project.Hooks.OrderBy(hook => hook.Key).Select(hook => PolicyCase.Of(hook.Value, null, project));

    /// <summary>A report that nobody asked for is evidence where it fits, and where it does not it is none.</summary>
    private bool IsAsked(EnvironmentPolicy chosen) => reportPath is not null || chosen.Report.IsRequired == true;

    /// <summary>What the report says of these very texts, and where it is about something else.</summary>
    private (Dictionary<string, MigrationReport> Evidence, List<PolicyFinding> Misfits) Hold(EnvironmentPolicy chosen, IReadOnlyList<Script> scripts, int? major)
    {
        var evidence = new Dictionary<string, MigrationReport>(StringComparer.Ordinal);
        var misfits = new List<PolicyFinding>();
        var rule = new RehearsalReportRule();
        var report = Report(chosen);
        foreach (var script in scripts)
        {
            var misfit = report is null
                ? new ReportMisfit("ReportMissing", script.Name, "the policy asks for the report of its rehearsal, and there is none.", "Run Test-Migration -OutFile report.json for this target, and give the file: -RehearsalReport, or \"report\": { \"path\": ... } in the policy.")
                : report.OfScript(script.Name, script.ExactHash, major);
            if (misfit is null) evidence[script.Name] = report!.Find(script.Name)!;
            else if (IsAsked(chosen)) misfits.Add(rule.Of(misfit, script.RelativePath));
        }

        return (evidence, misfits);
    }

    private ReportFit? _report;

    private ReportFit? Report(EnvironmentPolicy chosen)
    {
        if (_report is not null) return _report;
        if (reportPath is not null) return _report = ReportFit.Read(reportPath);
        var named = chosen.Report.Path is { } path ? Path.Combine(project.Root, path) : null;
        return named is not null && File.Exists(named) ? _report = ReportFit.Read(named) : null;
    }

    private PolicyVerdict Judge(EnvironmentPolicy chosen, string? environment, RunTarget? target, IReadOnlyList<PolicyCase> cases, IReadOnlyList<PolicyFinding> ofTarget)
    {
        var versions = cases.DistinctBy(it => it.Name).ToDictionary(it => it.Name, it => it.Version, StringComparer.Ordinal);
        var found = new List<PolicyFinding>();
        foreach (var rule in PolicyRules.All.Where(rule => chosen.SeverityOf(rule) != PolicySeverity.Off))
        {
            var settings = chosen.Of(rule);
            var findings = cases.Where(it => rule.IsAboutStatements || !(it.IsUndo || it.IsHook)).SelectMany(it => rule.Examine(it, settings)).Concat(ofTarget.Where(finding => finding.Rule == rule.Id));
            found.AddRange(findings.Select(finding => finding with { Severity = chosen.SeverityOf(rule), Message = _secrets.Apply(finding.Message), Advice = _secrets.Apply(finding.Advice) }));
        }

        var waived = found.Select(finding => Waived(finding, versions)).ToList();
        return new PolicyVerdict(policy.Hash, environment, target, _report?.Hash, [.. waived.Concat(OfWaivers(chosen, found, versions))]);
    }

    private PolicyFinding Waived(PolicyFinding finding, Dictionary<string, string> versions) =>
        policy.Waivers.FirstOrDefault(waiver => !waiver.HasExpired(_today) && waiver.Covers(finding, VersionOf(finding, versions))) is { } waiver
            ? finding with { WaivedBy = waiver.Owner, WaivedBecause = waiver.Reason, WaivedUntil = waiver.Until }
            : finding;

    private IEnumerable<PolicyFinding> OfWaivers(EnvironmentPolicy chosen, List<PolicyFinding> found, Dictionary<string, string> versions)
    {
        var all = project.Versioned.Concat(project.Repeatable).Concat(project.Hooks.Values).ToList();
        return from waiver in policy.Waivers
               // A script that was not looked at may well have what is waived.
               let looked = waiver.Script == "*" || versions.Any(known => waiver.Names(known.Key, known.Value)) || !all.Exists(script => waiver.Names(script.Name, script.Version?.ToString()))
               let idle = looked && !found.Exists(finding => waiver.Covers(finding, VersionOf(finding, versions)))
               from rule in PolicyRules.All.OfType<WaiverRule>()
               where chosen.SeverityOf(rule) != PolicySeverity.Off
               let finding = rule.Examine(waiver, waiver.HasExpired(_today), idle)
               where finding is not null
               select finding with { Severity = chosen.SeverityOf(rule) };
    }

    private static string? VersionOf(PolicyFinding finding, Dictionary<string, string> versions) => finding.Script is null ? null : versions.GetValueOrDefault(finding.Script);
}
