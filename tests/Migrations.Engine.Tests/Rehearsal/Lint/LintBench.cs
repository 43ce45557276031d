using Dapper;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Asks the rules about a script: by its words, or after it has run on a server, where an account is kept that owes nothing to the engine's own observer.</summary>
internal static class LintBench
{
    public static readonly DateOnly Today = new(2026, 6, 1);

    private static readonly string[] s_modes =
        ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

    private const string RelationsQuery = """
        select c.oid::bigint as "Oid", quote_ident(n.nspname) || '.' || quote_ident(c.relname) as "Name", c.relfilenode::bigint as "File",
               case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'i' then 'index' when 'm' then 'materialized view' else 'view' end as "Kind",
               (select i.indrelid::regclass::text from pg_index i where i.indexrelid = c.oid) as "Table"
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'i', 'm', 'v')
        """;

    private const string LocksQuery = """
        select l.relation::bigint as "Oid", l.mode as "Mode" from pg_locks l where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
        """;

    private const string ScansQuery = """select s.relid::bigint as "Oid", s.seq_scan as "Scans" from pg_stat_xact_user_tables s""";

    private sealed record Relation(long Oid, string Name, long File, string Kind, string? Table);

    private sealed record Held(long Oid, string Mode);

    private sealed record Counter(long Oid, long Scans);

    public static IReadOnlyList<LintFinding> Static(string text, int? major = null) => new Linter().Examine(Case(text) with { Major = major }, Today);

    public static LintCase Case(string text)
    {
        using var project = new TempProject().With("001_x.sql", text);
        var script = project.Single();
        return new LintCase { Script = script, Segments = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps), DefaultLockTimeout = TimeSpan.FromSeconds(2) };
    }

    public static async Task<IReadOnlyList<LintFinding>> RehearsedAsync(TestDatabase at, string text, LiveCatalog? live = null) =>
        new Linter().Examine(await RehearseAsync(at, text) with { Live = live }, Today);

    /// <summary>True for a script that one transaction holds, so that nothing of it has to stay.</summary>
    public static bool RollsBack(string text) => Case(text).Segments is [{ IsTransaction: true }];

    /// <summary>Runs a script, for good or for nothing. One that fails is a case without an end.</summary>
    /// <param name="known">The schema that it will find, when somebody has read it already.</param>
    public static async Task<LintCase> RehearseAsync(TestDatabase at, string text, bool undo = false, CatalogSnapshot? known = null)
    {
        var lintCase = Case(text);
        await using var database = new Database(at, new SilentActivity());
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        var catalog = new CatalogReader(CatalogSelection.Everything);
        var before = known ?? await catalog.ReadAsync(session, TestContext.Current.CancellationToken);
        lintCase = lintCase with { Before = before, Major = session.Server.Major };
        var relations = (await session.Connection.QueryAsync<Relation>(RelationsQuery)).ToDictionary(r => r.Oid);
        var reports = new List<StatementReport>();
        var schema = before;
        await session.Connection.ExecuteAsync("set lock_timeout = '2s'");
        try
        {
            foreach (var (index, segment) in lintCase.Segments.Index())
            {
                var held = new Dictionary<long, int>();
                if (segment.IsTransaction) await session.Connection.ExecuteAsync("begin transaction");
                foreach (var step in segment.Steps)
                {
                    var scans = (await session.Connection.QueryAsync<Counter>(ScansQuery)).ToDictionary(c => c.Oid, c => c.Scans);
                    var files = (await session.Connection.QueryAsync<Relation>(RelationsQuery)).ToDictionary(r => r.Oid);
                    await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { new NpgsqlBatchCommand(step.Text) } })
                        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                    var now = await catalog.ReadAsync(session, TestContext.Current.CancellationToken);
                    reports.Add(new StatementReport
                    {
                        Number = step.Number, Verb = step.Facts.Verb, Text = step.SourceText, Path = "001_x.sql", Line = step.Position.Line, Segment = index, InTransaction = segment.IsTransaction,
                        LockTimeout = Sql(await session.Connection.ExecuteScalarAsync<string>("show lock_timeout")),
                        Locks = [.. Stronger(await session.Connection.QueryAsync<Held>(LocksQuery), relations, held, step.Number, segment.Steps[^1].Number)],
                        Rewrites = Rewritten(files.Values.Where(f => relations.ContainsKey(f.Oid)), [.. await session.Connection.QueryAsync<Relation>(RelationsQuery)]),
                        Scans = [.. from c in await session.Connection.QueryAsync<Counter>(ScansQuery)
                                    where relations.ContainsKey(c.Oid) && c.Scans > scans.GetValueOrDefault(c.Oid)
                                    select new RelationScan(relations[c.Oid].Name, c.Scans - scans.GetValueOrDefault(c.Oid), 0)],
                        Changes = schema.DifferencesTo(now),
                    });
                    schema = now;
                }

                if (segment.IsTransaction) await session.Connection.ExecuteAsync(undo ? "rollback transaction" : "commit transaction");
            }
        }
        catch (PostgresException refusal)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{refusal.MessageText}: {lintCase.Script.Up.Text}");
            return lintCase with { Statements = reports };
        }

        return lintCase with { Statements = reports, After = schema };
    }

    private static IEnumerable<RelationLock> Stronger(IEnumerable<Held> locks, Dictionary<long, Relation> relations, Dictionary<long, int> held, int from, int to)
    {
        foreach (var group in locks.Where(l => relations.ContainsKey(l.Oid)).GroupBy(l => l.Oid))
        {
            var mode = group.Max(l => Array.IndexOf(s_modes, l.Mode) + 1);
            if (held.GetValueOrDefault(group.Key) >= mode) continue;
            held[group.Key] = mode;
            yield return new RelationLock(relations[group.Key].Name, relations[group.Key].Kind, (LockMode)mode, from, to);
        }
    }

    private static List<RelationRewrite> Rewritten(IEnumerable<Relation> before, List<Relation> after)
    {
        var files = after.Select(r => r.File).ToHashSet();
        return [.. from r in before
                   where r.File != 0 && !files.Contains(r.File) && after.Any(a => a.Oid == r.Oid || a.Name == r.Name)
                   select new RelationRewrite(r.Name, r.Kind, r.Table)];
    }

    private static TimeSpan Sql(string? text) => text switch
    {
        "0" => TimeSpan.Zero,
        { } seconds when seconds.EndsWith("ms", StringComparison.Ordinal) => TimeSpan.FromMilliseconds(int.Parse(seconds[..^2], System.Globalization.CultureInfo.InvariantCulture)),
        { } seconds => TimeSpan.FromSeconds(int.Parse(seconds.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)),
        null => TimeSpan.Zero,
    };
}
