using System.Diagnostics;
using Dapper;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What the server shows of one statement, with plain queries and none of our own code between.</summary>
internal sealed record ServerAccount(string Locks, string Rewrites, string Scans)
{
    private const string LocksQuery = """
        select l.relation::bigint as "Oid", replace(l.mode, 'Lock', '') as "Mode"
        from pg_catalog.pg_locks l
        where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted and l.mode <> 'AccessShareLock'
        """;

    private const string FilesQuery = """
        select c.oid::bigint as "Oid", c.relname::text as "Name", c.relkind::text as "Kind", pg_catalog.pg_relation_filenode(c.oid)::bigint as "File"
        from pg_catalog.pg_class c where c.relnamespace in ('public'::regnamespace, 'elsewhere'::regnamespace) and c.relkind in ('r', 'p', 'm', 'i')
        """;

    private const string ScansQuery = """
        select s.relid::bigint as "Oid", s.seq_scan as "Scans" from pg_catalog.pg_stat_xact_user_tables s
        """;

    private static readonly string[] s_modes =
        ["RowShare", "RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"];

    private sealed record Relation(long Oid, string Name, string Kind, long? File);

    private sealed record Held(long Oid, string Mode);

    private sealed record Counter(long Oid, long Scans);

    /// <summary>In a transaction that is rolled back.</summary>
    public static async Task<ServerAccount> OfAsync(NpgsqlConnection connection, string first, string sql)
    {
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        if (first.Length > 0) await connection.ExecuteAsync(first);
        var before = (await connection.QueryAsync<Relation>(FilesQuery)).ToDictionary(r => r.Oid);
        var scans = (await connection.QueryAsync<Counter>(ScansQuery)).ToDictionary(c => c.Oid, c => c.Scans);

        await connection.ExecuteAsync(sql);

        var scanned = (await connection.QueryAsync<Counter>(ScansQuery))
            .Where(c => before.ContainsKey(c.Oid) && c.Scans > scans.GetValueOrDefault(c.Oid)).Select(c => before[c.Oid].Name);
        var locks = (await connection.QueryAsync<Held>(LocksQuery))
            .Where(l => before.GetValueOrDefault(l.Oid) is { Kind: not "i" })
            .GroupBy(l => before[l.Oid].Name, (name, held) => $"{name} {held.MaxBy(l => Array.IndexOf(s_modes, l.Mode))!.Mode}");
        // By the file, not by the OID: a type change makes some indexes anew and gives them the old file.
        var files = (await connection.QueryAsync<Relation>(FilesQuery)).Select(r => r.File).ToHashSet();
        var rewritten = before.Values.Where(r => r.File is not null && !files.Contains(r.File)).Select(r => r.Name);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        return new ServerAccount(Join(locks), Join(rewritten), Join(scanned));
    }

    /// <summary>The strongest lock that a statement has got on a table while another transaction keeps it waiting.</summary>
    public static async Task<string> HeldUpAsync(string connectionString, string table, string sql, string hold)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var writer = new NpgsqlConnection(connectionString);
        await using var worker = new NpgsqlConnection(connectionString);
        await writer.OpenAsync(stop);
        await worker.OpenAsync(stop);
        await using var transaction = await writer.BeginTransactionAsync(stop);
        await writer.ExecuteAsync($"lock table {hold} mode");
        var work = worker.ExecuteAsync(sql);
        string? mode = null;
        var asked = Stopwatch.StartNew();
        while (mode is null && !work.IsCompleted && asked.Elapsed < TimeSpan.FromSeconds(10))
        {
            mode = await writer.ExecuteScalarAsync<string?>("""
                select replace(max(l.mode), 'Lock', '')
                from pg_catalog.pg_locks l
                where l.pid = @Pid and l.relation = @Table::regclass and l.granted and l.mode not in ('AccessShareLock', 'RowExclusiveLock')
                  and exists (select from pg_catalog.pg_locks w where w.pid = l.pid and not w.granted)
                """, new { Pid = worker.ProcessID, Table = table });
        }

        await transaction.RollbackAsync(stop);
        await work;
        return mode ?? $"'{sql}' did not wait";
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal));
}
