using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Weighs what a rehearsal saw: the rules with the target's size, and questions to the target's rows.</summary>
internal sealed class Examination
{
    private static readonly string[] s_changing = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "WITH", "DO", "CALL", "SELECT"];

    private readonly Linter _linter = new();
    private readonly DateOnly _today;
    private readonly Database? _target;
    private readonly int? _major;
    private readonly LiveCatalog? _live;
    private readonly TimeSpan _probeTimeout;

    private Examination(DateOnly today, Database? target, TargetFacts? facts, TimeSpan probeTimeout)
    {
        (_today, _target, _live, _major, _probeTimeout) = (today, target, facts?.Live, facts?.Server.Major, probeTimeout);
    }

    public static Examination WithoutTarget(TimeProvider clock) => new(Today(clock), null, null, TimeSpan.Zero);

    /// <param name="facts">As they were read at the beginning.</param>
    public static Examination Of(Database target, TargetFacts facts, RehearsalRequest request, TimeProvider clock) => new(Today(clock), target, facts, request.ProbeTimeout);

    /// <param name="schema">As the script has left it.</param>
    public async Task<MigrationReport> AddAsync(MigrationReport report, Script script, BaseSchema schema, CancellationToken cancellationToken)
    {
        if (report.Case is not { } lintCase) return report;
        var findings = _linter.Examine(lintCase with { Live = _live, Major = _major ?? schema.Stage.Server.Major }, _today);
        return report with { Findings = findings, Probes = await ProbeAsync(lintCase, schema, cancellationToken) };
    }

    private async Task<IReadOnlyList<ProbeResult>> ProbeAsync(LintCase lintCase, BaseSchema schema, CancellationToken cancellationToken)
    {
        if (_target is null || lintCase.Before is null || lintCase.After is null) return [];
        var changes = lintCase.Before.DifferencesTo(lintCase.After);
        var probes = await schema.Stage.AskAsync(sandbox => DataProbes.FindAsync(changes, sandbox, cancellationToken), cancellationToken);
        if (probes.Count == 0) return [];
        var answers = await AskAsync(_target, probes, cancellationToken);
        return [.. answers.Select(answer => answer.Outcome == ProbeOutcome.Offends && ChangesRows(lintCase, answer.Relation)
            ? answer with { Outcome = ProbeOutcome.NotAsked, Message = $"The script itself changes rows of {answer.Relation}; as they are now: {answer.Message}" }
            : answer)];
    }

    /// <summary>In a session of its own, for as long as it takes: a rehearsal may last an hour, and the target may be gone for a while.</summary>
    private async Task<IReadOnlyList<ProbeResult>> AskAsync(Database target, IReadOnlyList<DataProbe> probes, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await target.OpenAsync(cancellationToken);
            return await new ProbeAsker(session, _probeTimeout).AskAsync(probes, cancellationToken);
        }
        catch (ConnectionFailedException refused)
        {
            return [.. probes.Select(probe => ProbeAsker.NotAsked(probe, $"it gave no session: {refused.Message}"))];
        }
    }

    /// <summary>A script that fills a column before it demands a value must not be blamed for the rows that it will have filled.</summary>
    private static bool ChangesRows(LintCase lintCase, string relation)
    {
        var name = relation[(relation.LastIndexOf('.') + 1)..].Trim('"');
        return lintCase.Statements.Any(statement => s_changing.Contains(statement.Verb) && statement.Text.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    private static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
}
