using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// Rows of an upsert are first collected in a temporary table with the types and checks of the real one, in the order of the file, then merged in one statement.
/// </summary>
internal sealed class UpsertStaging
{
    private const string Name = "pg_temp.migrations_import";

    private static readonly string[] s_try = ["savepoint import_merge"];
    private static readonly string[] s_back = ["rollback to savepoint import_merge"];

    private readonly ImportRun _run;
    private readonly UpsertMerge _merge;

    private UpsertStaging(CopyLane lane, ImportRun run, IReadOnlyList<TargetColumn> columns)
    {
        (Lane, _run, _merge) = (lane, run, new UpsertMerge(run, lane, columns));
        Text = run.Request.Quarantines ? new StagedText() : null;
    }

    public CopyLane Lane { get; }

    /// <summary>Where the rows stand in their files; null when none is to be set aside.</summary>
    public StagedText? Text { get; }

    private string Key => string.Join(", ", _run.Plan.Key.Columns.Select(Identifier.Quote));

    /// <summary>Rows that are one when their keys read alike: for a unique index, a NULL is no other's equal.</summary>
    private string Equal => _run.Plan.Key.NullsAreEqual ? "true" : string.Join(" and ", _run.Plan.Key.Columns.Select(column => Identifier.Quote(column) + " is not null"));

    public static async Task<UpsertStaging> CreateAsync(CopyLane table, ImportRun run, CancellationToken cancellationToken)
    {
        var columns = run.Plan.Mappings.Values.SelectMany(mapping => mapping.Columns).DistinctBy(column => column.Name).ToList();
        if (run.Plan.Mappings.Values.Any(mapping => mapping.Columns.Count != columns.Count))
        {
            throw new EngineException("UpsertColumnsDiffer", FailureKind.InvalidInput, "The files of one upsert have different columns: which of a row's values are updated would depend on the file. Nothing was changed.",
                "Import them one by one.", run.Plan.Table);
        }

        var unused = run.Plan.Into.Columns.Except(columns).Select(column => Identifier.Quote(column.Name)).ToList();
        List<string> statements =
        [
            $"create temporary table migrations_import (like {run.Plan.Into.Name.Sql} including constraints) on commit drop",
            // Columns that the file lacks take their default in the real table; a check over one of them is made there too.
            .. unused.Select(column => $"alter table {Name} drop column {column} cascade"),
        ];
        await table.ExecuteAsync(statements, cancellationToken);
        return new UpsertStaging(new CopyLane(table.Session, CopyTarget.Staging(Name), run.Request, run.Plan.Mappings), run, columns);
    }

    /// <exception cref="EngineException">DuplicateKeys, UpsertRefused, ImportCountDiffers, TooManyRejected.</exception>
    public async Task MergeAsync(CancellationToken cancellationToken)
    {
        if (_run.Request.DuplicateKey == DuplicateKey.Error) await EnsureSingleAsync(cancellationToken);
        try
        {
            if (Text is null) await MergeAllAsync(cancellationToken);
            else await MergeGoodAsync(Text, cancellationToken);
        }
        catch (ServerException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw new EngineException("UpsertRefused", failure.Kind, $"The rows could not be merged into {_run.Plan.Table}: {failure.SqlState}: {failure.MessageText}{(failure.Detail is { } detail ? " " + detail.ReplaceLineEndings(" ") : "")}. {_run.Tally.Kept}",
                IsOfRow(failure) ? "The table itself refuses a row: correct it in the file, or set such rows aside with -OnError Quarantine." : SqlStateFacts.AdviceFor(failure.SqlState), _run.Plan.Table, failure);
        }
    }

    private async Task MergeAllAsync(CancellationToken cancellationToken)
    {
        var superseded = await KeepOneAsync(cancellationToken);
        await _merge.RunAsync("", [], [], cancellationToken);
        _run.Superseded += superseded;
    }

    private async Task MergeGoodAsync(StagedText text, CancellationToken cancellationToken)
    {
        await Lane.ExecuteAsync(s_try, cancellationToken);
        try
        {
            await MergeAllAsync(cancellationToken);
        }
        catch (ServerException failure) when (IsOfRow(failure))
        {
            await Lane.ExecuteAsync(s_back, cancellationToken);
            var pieces = new PiecewiseMerge(_run, Lane, _merge, text);
            var rows = await pieces.NumberAsync(cancellationToken);
            _run.Superseded += await KeepOneAsync(cancellationToken);
            await pieces.RunAsync(rows, cancellationToken);
        }
    }

    private static bool IsOfRow(ServerException failure) => failure.InnerException is PostgresException refused && RowFault.IsOfTheRow(refused);

    private async Task EnsureSingleAsync(CancellationToken cancellationToken)
    {
        var twice = await ServerCall.RunAsync(() => Lane.Session.Connection.QueryAsync<string>(new CommandDefinition(
            $"select row({Key})::text || ' (' || count(*) || ' times)' from {Name} where {Equal} group by {Key} having count(*) > 1 order by 1 limit 5", cancellationToken: cancellationToken)), Lane.Session.Secrets);
        if (twice.AsList() is { Count: > 0 } keys)
        {
            throw new EngineException("DuplicateKeys", FailureKind.Data, $"Keys ({Key}) stand in the files more than once: {string.Join(", ", keys)}{(keys.Count == 5 ? " and more" : "")}. {_run.Tally.Kept}",
                "Say which row counts: -DuplicateKey First or Last.", _run.Plan.Table);
        }
    }

    private async Task<long> KeepOneAsync(CancellationToken cancellationToken)
    {
        if (_run.Request.DuplicateKey == DuplicateKey.Error) return 0;
        var order = _run.Request.DuplicateKey == DuplicateKey.Last ? "desc" : "asc";
        return await Lane.CountAsync($"""
            with gone as (delete from {Name} s using (
                select ctid as place, pg_catalog.row_number() over (partition by {Key} order by ctid {order}) as nth from {Name} where {Equal}) o
            where s.ctid = o.place and o.nth > 1 returning 1)
            select pg_catalog.count(*) from gone
            """, cancellationToken);
    }
}
