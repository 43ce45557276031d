using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Tries one script on copies of the schema that it will find: a failure after each statement, an observed run, down, up again, and the text once
/// more. What it needs of the copies afterwards is nothing.
/// </summary>
internal sealed class ScriptRehearsal(BaseSchema schema, IRowSource rows, TimeProvider clock)
{
    /// <summary>The classes of SQLSTATEs that rows bring about: a value that does not fit an expression, a row that breaks a constraint.</summary>
    private static readonly string[] s_ofRows = ["22", "23"];

    /// <exception cref="EngineException">What the sandbox lacks.</exception>
    public async Task<MigrationReport> RunAsync(Script script, CancellationToken cancellationToken)
    {
        await using var filled = await schema.CopyAsync(cancellationToken);
        var placed = await filled.AskAsync(session => rows.PlaceAsync(session, filled.OwnSchemas, cancellationToken), cancellationToken);
        var report = await TryAsync(script, filled, placed, cancellationToken);
        // Made-up rows may break a constraint that the target's rows keep, and hold bounds that they do not.
        if (report.Error?.SqlState is not { } state || !s_ofRows.Contains(state[..2]) || placed.Sum(table => table.Rows) == 0) return report;

        await using var empty = await schema.CopyAsync(cancellationToken);
        var second = await TryAsync(script, empty, [], cancellationToken);
        return second.Error is not null ? report : second with
        {
            Notes = [.. second.Notes, $"On generated rows it fails ({report.Error.SqlState}, line {report.Error.Line}: {report.Error.Message}), so it was tried on the rows that the scripts themselves put in. The probes say whether the target's rows would do."],
        };
    }

    private async Task<MigrationReport> TryAsync(Script script, Stage filled, IReadOnlyList<PlacedRows> placed, CancellationToken cancellationToken)
    {
        var segments = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps);
        var inParts = segments is not [{ IsTransaction: true }];
        // Its crashes need the state before more than once.
        await using var copy = inParts ? schema.NewStage(await filled.Server.CloneAsync(filled.Name, cancellationToken)) : null;
        var trial = copy ?? filled;
        var before = await trial.SnapshotAsync(cancellationToken);
        var tried = new ProofCase(script, segments, trial, before, await trial.RowsAsync(cancellationToken),
            async token => schema.NewStage(await filled.Server.CloneAsync(filled.Name, token)));
        var report = ReportOf(script) with { SchemaBefore = before.Fingerprint, Rows = placed };

        await using var observer = await ObserverAsync(tried, cancellationToken);
        Proof atomic;
        try
        {
            atomic = await AtomicProof.TryAsync(tried, cancellationToken);
            // A refuted one has left something behind, and what would be seen now is another script.
            if (atomic.Verdict == ProofVerdict.Refuted) return report with { Proofs = [atomic] };
            await trial.RunAsync(script, observer, cancellationToken);
        }
        catch (EngineException failure)
        {
            return await FailedAsync(report, tried, observer, failure, cancellationToken);
        }

        var after = await trial.SnapshotAsync(cancellationToken);
        List<Proof> proofs = [atomic, await ResumableProof.TryAsync(tried, after, cancellationToken), .. await ReversibleProof.TryAsync(tried, after, cancellationToken)];
        // Behind a down that failed nobody knows what the text would meet.
        proofs.Add(proofs.Exists(proof => proof is { Name: ReversibleProof.AgainName, Verdict: ProofVerdict.Refuted or ProofVerdict.Unproven })
            ? new Proof(IdempotentProof.Name, ProofVerdict.Unproven, "Its down and up before it did not end where they should.") { IsClaimed = false }
            : await IdempotentProof.TryAsync(tried, after, cancellationToken));
        return report with { SchemaAfter = after.Fingerprint, Proofs = proofs, Statements = observer.Reports, Case = CaseOf(tried, observer.Reports, after) };
    }

    private async Task<StatementObserver> ObserverAsync(ProofCase tried, CancellationToken cancellationToken)
    {
        var stage = tried.Trial;
        var relations = await stage.AskAsync(session => ObservedRelations.ReadAsync(session, stage.OwnSchemas, cancellationToken), cancellationToken);
        return new StatementObserver(tried.Key, relations, stage.Catalog, tried.Before, (session, step, token) => LoneWatch.StartAsync(stage.Database, session, step, relations, token), clock);
    }

    /// <summary>What it did before it failed belongs into the report.</summary>
    private static async Task<MigrationReport> FailedAsync(MigrationReport report, ProofCase tried, StatementObserver observer, EngineException failure, CancellationToken cancellationToken)
    {
        if (MissingParts.RoleOf(failure) is not null || MissingParts.ReasonOf(failure) is not null) throw failure;
        if (observer.Reports.Count == 0)
        {
            try
            {
                await tried.Trial.RunAsync(tried.Script, observer, cancellationToken);
            }
            catch (EngineException)
            {
                // The same, and this time its statements were seen.
            }
        }

        return report with { Error = ReportError.Of(failure), Statements = observer.Reports, Case = CaseOf(tried, observer.Reports, null) };
    }

    private static LintCase CaseOf(ProofCase tried, IReadOnlyList<StatementReport> statements, CatalogSnapshot? after) => new()
    {
        Script = tried.Script,
        Segments = tried.Segments,
        DefaultLockTimeout = tried.Trial.DefaultLockTimeout,
        Statements = statements,
        Before = tried.Before,
        After = after,
    };

    internal static MigrationReport ReportOf(Script script) => new()
    {
        Version = script.Version?.ToString() ?? "",
        Name = script.Name,
        Title = script.Title,
        Path = script.RelativePath,
        ExactHash = script.ExactHash,
        TokenHash = script.TokenHash,
    };
}
