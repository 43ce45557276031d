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
/// <param name="sampler">Null: rows are made up.</param>
internal sealed class ScriptRehearsal(BaseSchema schema, int rowsPerTable, RowSampler? sampler, TimeProvider clock)
{
    private StatementObserver? _observer;
    private ProofCase? _tried;
    private MigrationReport? _soFar;

    /// <summary>What was seen until now: for one who could not wait for the end, or was not given it.</summary>
    public MigrationReport? SoFar => _soFar is null ? null : _soFar with { Statements = [.. _observer!.Reports], Case = CaseOf(_tried!, [.. _observer.Reports], null) };

    private static readonly (RowRange? Range, string What)[] s_milder = [(RowRange.Plain, "milder rows"), (null, "the rows that the scripts themselves put in")];

    /// <summary>
    /// Made-up rows may break a constraint that the target's rows keep, or hold values that are allowed and that nobody has: a script is only to blame
    /// when it also fails on milder ones, and without any.
    /// </summary>
    /// <exception cref="EngineException">What the sandbox lacks.</exception>
    public async Task<MigrationReport> RunAsync(Script script, CancellationToken cancellationToken)
    {
        var (report, placed) = await OnAsync(script, RowRange.Bounds, cancellationToken);
        if (report.Error is not { } error || !placed) return report;
        foreach (var (range, what) in s_milder)
        {
            var (milder, _) = await OnAsync(script, range, cancellationToken);
            if (milder.Error is null)
                return (range is null ? OnNothing(milder) : milder) with { Notes = [.. milder.Notes, $"It was tried on {what}, because on the most extreme values it fails{(error.SqlState is null ? "" : $" ({error.SqlState})")}: {error.Message}"] };
            report = milder;
        }

        return report;
    }

    /// <summary>That it passes where its tables have no row says nothing of a table that has some.</summary>
    private static MigrationReport OnNothing(MigrationReport report)
    {
        var touched = report.Statements.SelectMany(statement => statement.Locks).Where(held => held.Mode >= LockMode.ShareUpdateExclusive).Select(held => held.Relation).ToHashSet(StringComparer.Ordinal);
        var empty = report.Rows.Where(table => table.Rows == 0 && touched.Contains(table.Table)).Select(table => table.Table).ToList();
        return empty.Count == 0 ? report : report with
        {
            Proofs = [.. report.Proofs.Select(proof => proof.Verdict == ProofVerdict.Proven
                ? proof with { Verdict = ProofVerdict.Unproven, Reason = $"It only ran where these tables have no row: {string.Join(", ", empty)}." }
                : proof)],
        };
    }

    private async Task<(MigrationReport Report, bool Placed)> OnAsync(Script script, RowRange? range, CancellationToken cancellationToken)
    {
        await schema.Server.ForgetRolesAsync(cancellationToken);
        await using var filled = await schema.CopyAsync(cancellationToken);
        IReadOnlyList<PlacedRows> placed = range is { } values && rowsPerTable > 0
            ? await filled.AskAsync(session => new RowPlacer(values, sampler).PlaceAsync(session, filled.OwnSchemas, rowsPerTable, cancellationToken), cancellationToken)
            : [];
        return (await TryAsync(script, filled, placed, cancellationToken), placed.Sum(table => table.Rows) > 0);
    }

    /// <param name="filled">Stays as it is, unless the script is not atomic.</param>
    private async Task<MigrationReport> TryAsync(Script script, Stage filled, IReadOnlyList<PlacedRows> placed, CancellationToken cancellationToken)
    {
        // Roles that the script makes outlive its rollback nowhere, and its databases everywhere: the trial ends before the next try.
        var trial = await filled.CopyAsync(cancellationToken);
        try
        {
            // In the copy, not in what it was copied from: the session that has read the catalog here is asked again after the run.
            var before = await trial.SnapshotAsync(cancellationToken);
            var rows = await trial.RowsAsync(cancellationToken);
            return await TryAsync(script, filled, trial, placed, before, rows, cancellationToken);
        }
        finally
        {
            await trial.DisposeAsync();
        }
    }

    private async Task<MigrationReport> TryAsync(
        Script script, Stage filled, Stage trial, IReadOnlyList<PlacedRows> placed, CatalogSnapshot before, RowImage rows, CancellationToken cancellationToken)
    {
        var around = await Surroundings.ReadAsync(schema.Server, trial, cancellationToken);
        var tried = new ProofCase(script, Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps), trial, before, rows, filled.CopyAsync);
        var report = ReportOf(script) with { SchemaBefore = before.Fingerprint, Rows = placed.Count > 0 ? placed : [.. rows.Counts.OrderBy(table => table.Key, StringComparer.Ordinal).Select(table => new PlacedRows(table.Key, table.Value, null))] };
        await using var observer = await ObserverAsync(tried, cancellationToken);
        (_observer, _tried, _soFar) = (observer, tried, report);
        try
        {
            await trial.RunAsync(script, observer, cancellationToken);
        }
        catch (EngineException failure) when (MissingParts.RoleOf(failure) is null && MissingParts.ReasonOf(failure) is null)
        {
            return report with { Error = ReportError.Of(failure), Statements = observer.Reports, Case = CaseOf(tried, observer.Reports, null) };
        }

        var after = await trial.SnapshotAsync(cancellationToken);
        var beyond = Surroundings.Differences(around, await Surroundings.ReadAsync(schema.Server, trial, cancellationToken));
        return report with
        {
            Afterwards = observer.Catalog.DifferencesTo(after),
            Beyond = beyond,
            SchemaAfter = after.Fingerprint,
            Proofs = await ProveAsync(tried, filled, after, cancellationToken),
            Statements = observer.Reports,
            Case = CaseOf(tried, observer.Reports, after),
        };
    }

    private static async Task<IReadOnlyList<Proof>> ProveAsync(ProofCase tried, Stage filled, CatalogSnapshot after, CancellationToken cancellationToken)
    {
        var rows = await tried.Trial.RowsAsync(cancellationToken);
        // Beside a trial that has the script's roles no copy could make them.
        var late = ScriptRoles.AreTouchedBy(tried.Script);
        var resumable = late ? null : await ResumableProof.TryAsync(tried, after, rows, cancellationToken);
        var reversible = await ReversibleProof.TryAsync(tried, after, cancellationToken);
        // Behind a down that failed nobody knows what the text would meet.
        var idempotent = reversible.Any(proof => proof is { Name: ReversibleProof.AgainName, Verdict: ProofVerdict.Refuted or ProofVerdict.Unproven })
            ? new Proof(IdempotentProof.Name, ProofVerdict.Unproven, "Its down and up before it did not end where they should.") { IsClaimed = false }
            : await IdempotentProof.TryAsync(tried, after, cancellationToken);
        await tried.Trial.DisposeAsync();
        await filled.Server.ForgetRolesAsync(cancellationToken);
        var atomic = await AtomicProof.TryAsync(tried with { Trial = filled }, cancellationToken);
        resumable ??= await ResumableProof.TryAsync(tried with { Trial = filled }, after, rows, cancellationToken);
        return [atomic, resumable, .. reversible, idempotent];
    }

    private async Task<StatementObserver> ObserverAsync(ProofCase tried, CancellationToken cancellationToken)
    {
        var stage = tried.Trial;
        var relations = await stage.AskAsync(session => ObservedRelations.ReadAsync(session, stage.OwnSchemas, cancellationToken), cancellationToken);
        return new StatementObserver(tried.Key, relations, stage.Catalog, tried.Before, stage.OwnSchemas, (session, step, token) => LoneWatch.StartAsync(stage.Database, session, step, relations, token), clock);
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
