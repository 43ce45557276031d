using Npgsql;

namespace Benchmarks.Runner;

/// <summary>The scripts that all contenders run, the same text for each, and the proof that a run really ran them.</summary>
internal sealed class Workload(int scripts)
{
    public const int RowsPerTable = 20;

    public IReadOnlyList<WorkloadScript> Scripts { get; } = [.. Enumerable.Range(1, scripts).Select(Script)];

    /// <summary>Throws unless every statement of every script took effect: the table, its index, its rows, its comment.</summary>
    public async Task VerifyAsync(Target target, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(target.KeywordText + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            select count(*),
                   count(*) filter (where exists (select from pg_index i where i.indrelid = c.oid and not i.indisprimary)),
                   count(*) filter (where obj_description(c.oid, 'pg_class') is not null),
                   sum((xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.oid::regclass, false, true, '')))[1]::text::bigint)::bigint
            from pg_class c
            where c.relkind = 'r' and c.relname like 'track\_%' and c.relnamespace = 'public'::regnamespace
            """, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var found = (Tables: reader.GetInt64(0), Indexes: reader.GetInt64(1), Comments: reader.GetInt64(2),
            Rows: reader.IsDBNull(3) ? 0 : reader.GetInt64(3));
        long wanted = Scripts.Count;
        if (found != (wanted, wanted, wanted, wanted * RowsPerTable))
            throw new InvalidOperationException($"Not all {wanted} scripts took effect: {found}.");
    }

    private static WorkloadScript Script(int number)
    {
        var table = $"track_{number:0000}";
        return new WorkloadScript(number, table,
        [
            $"""
            create table {table} (
                id bigint generated always as identity primary key,
                artist_id integer not null,
                title text not null,
                seconds numeric(7, 2) not null check (seconds > 0),
                created_at timestamptz not null default now()
            )
            """,
            $"create index {table}_artist_idx on {table} (artist_id, created_at)",
            $"""
            insert into {table} (artist_id, title, seconds)
            select mod(n, 7), 'Track ' || n, 30 + n from generate_series(1, {RowsPerTable}) as n
            """,
            $"comment on table {table} is 'Script {number} of the runner benchmark'",
        ]);
    }
}
