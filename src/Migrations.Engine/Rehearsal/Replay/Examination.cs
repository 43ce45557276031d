using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Weighs what a rehearsal saw: the rules with the target's size, and questions to the target's rows.</summary>
internal sealed class Examination
{
    private static readonly string[] s_changing = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "WITH", "DO", "CALL", "SELECT"];

    private readonly Linter _linter = new();
    private readonly DateOnly _today;
    private readonly Session? _target;
    private readonly LiveCatalog? _live;
    private readonly TimeSpan _probeTimeout;

    private Examination(DateOnly today, Session? target, LiveCatalog? live, TimeSpan probeTimeout)
    {
        (_today, _target, _live, _probeTimeout) = (today, target, live, probeTimeout);
    }

    public static Examination WithoutTarget(TimeProvider clock) => new(Today(clock), null, null, TimeSpan.Zero);

    public static async Task<Examination> OfAsync(Session target, RehearsalRequest request, TimeProvider clock, CancellationToken cancellationToken) =>
        new(Today(clock), target, await LiveReader.ReadAsync(target, request.ProbeTimeout, cancellationToken), request.ProbeTimeout);

    /// <param name="schema">As the script has left it.</param>
    public async Task<MigrationReport> AddAsync(MigrationReport report, Script script, BaseSchema schema, CancellationToken cancellationToken)
    {
        if (report.Case is not { } lintCase) return report;
        var findings = _linter.Examine(lintCase with { Live = _live, Major = _target?.Server.Major ?? schema.Stage.Server.Major }, _today);
        return report with { Findings = findings, Probes = await ProbeAsync(lintCase, schema, cancellationToken) };
    }

    private async Task<IReadOnlyList<ProbeResult>> ProbeAsync(LintCase lintCase, BaseSchema schema, CancellationToken cancellationToken)
    {
        if (_target is null || lintCase.Before is null || lintCase.After is null) return [];
        var changes = lintCase.Before.DifferencesTo(lintCase.After);
        var probes = await schema.Stage.AskAsync(sandbox => DataProbes.FindAsync(changes, sandbox, cancellationToken), cancellationToken);
        var answers = await new ProbeAsker(_target, _probeTimeout).AskAsync(probes, cancellationToken);
        return [.. answers.Select(answer => answer.Outcome == ProbeOutcome.Offends && ChangesRows(lintCase, answer.Relation)
            ? answer with { Outcome = ProbeOutcome.NotAsked, Message = $"The script itself changes rows of {answer.Relation}; as they are now: {answer.Message}" }
            : answer)];
    }

    /// <summary>A script that fills a column before it demands a value must not be blamed for the rows that it will have filled.</summary>
    private static bool ChangesRows(LintCase lintCase, string relation)
    {
        var name = relation[(relation.LastIndexOf('.') + 1)..].Trim('"');
        return lintCase.Statements.Any(statement => s_changing.Contains(statement.Verb) && statement.Text.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    private static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
}
