using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// Rows of an upsert are first collected in a temporary table with the types and checks of the real one, in the order of the file, then merged in one statement.
/// </summary>
internal sealed class UpsertStaging
{
    private const string Name = "pg_temp.migrations_import";

    private readonly ImportRun _run;
    private readonly IReadOnlyList<TargetColumn> _columns;

    private UpsertStaging(CopyLane lane, ImportRun run, IReadOnlyList<TargetColumn> columns) => (Lane, _run, _columns) = (lane, run, columns);

    public CopyLane Lane { get; }

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

    /// <exception cref="EngineException">DuplicateKeys, UpsertRefused.</exception>
    public async Task MergeAsync(CancellationToken cancellationToken)
    {
        var key = string.Join(", ", _run.Plan.Key.Columns.Select(Identifier.Quote));
        if (_run.Request.DuplicateKey == DuplicateKey.Error) await EnsureSingleAsync(key, cancellationToken);
        else await KeepOneAsync(key, _run.Request.DuplicateKey == DuplicateKey.Last, cancellationToken);

        var names = string.Join(", ", _columns.Select(column => Identifier.Quote(column.Name)));
        var changed = _columns.Where(column => !_run.Plan.Key.Columns.Contains(column.Name) && !column.IsIdentityAlways).Select(column => Identifier.Quote(column.Name)).ToList();
        var overriding = _columns.Any(column => column.IsIdentityAlways) ? "overriding system value " : "";
        var action = changed.Count == 0 ? "nothing" : $"update set {string.Join(", ", changed.Select(column => $"{column} = excluded.{column}"))}";
        // In the file's order, so that what is written at once lies together.
        var merge = $"insert into {_run.Plan.Into.Name.Sql} ({names}) {overriding}select {names} from {Name} order by ctid on conflict ({key}) do {action}";
        try
        {
            // xmax of a row that was inserted is 0; of a partitioned table it cannot be asked.
            var isNew = _run.Plan.Into.IsPlain ? "xmax = 0" : "true";
            var updated = await Lane.CountAsync($"""
                with merged as ({merge} returning {isNew} as is_new)
                select case when {(changed.Count == 0 || _run.Request.SkipsRowCount ? "true" : $"count(*) = (select count(*) from {Name})")}
                       then count(*) filter (where not is_new) else -1 end from merged
                """, cancellationToken);
            if (updated < 0) throw Taken();
            if (_run.Plan.Into.IsPlain) _run.Updated = (_run.Updated ?? 0) + updated;
        }
        catch (ServerException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw new EngineException("UpsertRefused", failure.Kind, $"The rows could not be merged into {_run.Plan.Table}: {failure.SqlState}: {failure.MessageText}{(failure.Detail is { } detail ? " " + detail.ReplaceLineEndings(" ") : "")}. {_run.Tally.Kept}",
                "A constraint of the table itself refuses a row: correct it in the file. Rows are set aside only for their types, NOT NULL and CHECK in an upsert.", _run.Plan.Table, failure);
        }
    }

    /// <summary>Rows that are one when their keys read alike: for a unique index, a NULL is no other's equal.</summary>
    private string Equal => _run.Plan.Key.NullsAreEqual ? "true" : string.Join(" and ", _run.Plan.Key.Columns.Select(column => Identifier.Quote(column) + " is not null"));

    private EngineException Taken() => new("ImportCountDiffers", FailureKind.Data, $"{_run.Plan.Table} has taken fewer rows than were to be merged into it. {_run.Tally.Kept}",
        "A trigger of the table takes rows away. If that is meant, say -SkipRowCount.", _run.Plan.Table);

    private async Task EnsureSingleAsync(string key, CancellationToken cancellationToken)
    {
        var twice = await ServerCall.RunAsync(() => Lane.Session.Connection.QueryAsync<string>(new CommandDefinition(
            $"select row({key})::text || ' (' || count(*) || ' times)' from {Name} where {Equal} group by {key} having count(*) > 1 order by 1 limit 5", cancellationToken: cancellationToken)), Lane.Session.Secrets);
        if (twice.AsList() is { Count: > 0 } keys)
        {
            throw new EngineException("DuplicateKeys", FailureKind.Data, $"Keys ({key}) stand in the files more than once: {string.Join(", ", keys)}{(keys.Count == 5 ? " and more" : "")}. {_run.Tally.Kept}",
                "Say which row counts: -DuplicateKey First or Last.", _run.Plan.Table);
        }
    }

    private async Task KeepOneAsync(string key, bool last, CancellationToken cancellationToken) => _run.Superseded += await Lane.CountAsync(
        $"""
        with gone as (delete from {Name} s using (
            select ctid as place, pg_catalog.row_number() over (partition by {key} order by ctid {(last ? "desc" : "asc")}) as nth from {Name} where {Equal}) o
        where s.ctid = o.place and o.nth > 1 returning 1)
        select pg_catalog.count(*) from gone
        """, cancellationToken);
}
