using System.Text.Json;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// One look at a session from inside: what it holds, has read and has written, as the server counts it. Inside a transaction it is taken
/// in a savepoint that is rolled back, so that neither the script's settings nor its locks are touched.
/// </summary>
internal sealed record Sight(
    IReadOnlyList<SeenLock> Locks, IReadOnlyList<SeenFile> Files, IReadOnlyDictionary<uint, SeenScan> Scans, long Wal, TimeSpan LockTimeout)
{
    // Of every relation outside the system's schemas: who was there before, the caller knows.
    private static string Look(string statistics) => $"""
        select pg_catalog.json_build_object(
            'Locks', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('Relation', l.relation::bigint, 'Mode', l.mode)), '[]')
                      from pg_catalog.pg_locks l
                      where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted and l.mode <> 'SIReadLock'
                        and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())),
            'Files', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('Relation', c.oid::bigint, 'File', c.relfilenode::bigint,
                                'Name', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))), '[]')
                      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                      where c.relkind in ('r', 'i', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
            'Scans', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('Relation', s.relid::bigint, 'Count', s.seq_scan, 'Rows', s.seq_tup_read)), '[]')
                      from pg_catalog.{statistics} s where s.seq_scan > 0),
            'Wal', pg_catalog.pg_current_wal_insert_lsn() - '0/0')::text
        """;

    private static readonly string[] s_inside =
        ["savepoint migrations_sight", "select pg_catalog.current_setting('lock_timeout')", "set local statement_timeout = 0", "set local role none", Look("pg_stat_xact_user_tables"),
         "rollback to savepoint migrations_sight", "release savepoint migrations_sight"];

    private static readonly string[] s_outside = ["select pg_catalog.current_setting('lock_timeout')", Look("pg_stat_user_tables")];

    public static async Task<Sight> TakeAsync(Session session, bool inTransaction, CancellationToken cancellationToken)
    {
        if (!inTransaction) await FlushAsync(session, cancellationToken);
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var sql in inTransaction ? s_inside : s_outside) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var answers = new List<string>();
        do
        {
            while (await reader.ReadAsync(cancellationToken)) answers.Add(reader.GetString(0));
        }
        while (await reader.NextResultAsync(cancellationToken));

        var seen = JsonSerializer.Deserialize<Seen>(answers[^1])!;
        return new Sight(seen.Locks, seen.Files, seen.Scans.ToDictionary(scan => scan.Relation), seen.Wal, PostgresInterval(answers[0]));
    }

    /// <summary>A backend gives its counts away when it has nothing to do, and then at most once in a second, unless it is told to.</summary>
    private static async Task FlushAsync(Session session, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_catalog.pg_stat_force_next_flush()"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>As <c>SHOW</c> writes a time: <c>2s</c>, <c>500ms</c>, <c>1min</c>, <c>0</c>.</summary>
    internal static TimeSpan PostgresInterval(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var number = long.Parse(text.AsSpan(0, digits), System.Globalization.CultureInfo.InvariantCulture);
        return text[digits..] switch
        {
            "s" => TimeSpan.FromSeconds(number),
            "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => TimeSpan.FromMilliseconds(number),
        };
    }

    private sealed record Seen(List<SeenLock> Locks, List<SeenFile> Files, List<SeenScan> Scans, long Wal);
}
