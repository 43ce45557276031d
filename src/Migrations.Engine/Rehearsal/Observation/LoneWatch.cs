using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Makes a statement outside a transaction stop where its locks can be seen: each time it writes in the catalog. A DO or CALL that ends its own transactions
/// may write nothing there, and waits for each of its locks instead: a session for each table that it may want holds ACCESS EXCLUSIVE, and gives way when
/// the statement is seen to wait.
/// </summary>
internal sealed class LoneWatch : ILoneWatch
{
    /// <summary>More tables than this are not stood in front of; their locks are only seen when a look happens to fall on them.</summary>
    private const int MostBlockers = 40;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private readonly Database _database;
    private readonly Session _looker;
    private readonly Session _watched;
    private readonly List<LockBlocker> _blockers = [];
    private CatalogBlocker? _catalog;
    private readonly HashSet<SeenLock> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private Task _looking = Task.CompletedTask;

    private LoneWatch(Database database, Session looker, Session watched)
    {
        (_database, _looker, _watched) = (database, looker, watched);
    }

    public static async Task<ILoneWatch> StartAsync(Database database, Session watched, ScriptStep step, ObservedRelations before, CancellationToken cancellationToken)
    {
        var runsCode = step.Facts.Verb is "DO" or "CALL";
        if (runsCode && await TriedInside.TryAsync(watched, step, cancellationToken) is { } tried) return tried;
        var watch = new LoneWatch(database, await database.OpenAsync(cancellationToken), watched);
        try
        {
            watch._catalog = await CatalogBlocker.StandAsync(database, watch._looker, cancellationToken);
            if ((runsCode || watch._catalog is null) && !await Impatience.IsInAsync(step, watch._looker, cancellationToken)) await watch.StandBeforeTablesAsync(step, before, cancellationToken);
            watch._looking = Task.Run(() => watch.LookAsync(watch._end.Token), CancellationToken.None);
            return watch;
        }
        catch
        {
            await watch.CloseAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<SeenLock>> EndAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        return [.. _seen];
    }

    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task StandBeforeTablesAsync(ScriptStep step, ObservedRelations before, CancellationToken cancellationToken)
    {
        foreach (var table in Wanted(step, before).Take(MostBlockers)) _blockers.Add(await LockBlocker.StandAsync(_database, table, cancellationToken));
    }

    /// <summary>
    /// The tables whose names, or the names of whose indexes, stand in the statement; all of them when none does, as for a VACUUM of everything.
    /// </summary>
    private static List<ObservedRelation> Wanted(ScriptStep step, ObservedRelations before)
    {
        var words = new SqlLexer(step.Text).Tokens
            .Where(token => token.Kind is TokenKind.Word or TokenKind.QuotedIdentifier)
            .Select(token => step.Text.Substring(token.Start, token.Length).Trim('"'))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tables = before.All.Where(LockBlocker.CanStandBefore).ToList();
        var named = before.All.Where(relation => words.Contains(LastPart(relation.Name)))
            .Select(relation => relation.Table ?? relation.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = tables.Where(table => named.Contains(table.Name)).ToList();
        return wanted.Count > 0 ? wanted : tables;
    }

    private static string LastPart(string name)
    {
        var dot = name.EndsWith('"') ? name.LastIndexOf(".\"", StringComparison.Ordinal) : name.LastIndexOf('.');
        return name[(dot + 1)..].Trim('"');
    }

    private async Task LookAsync(CancellationToken end)
    {
        try
        {
            await LookOnAsync(end);
        }
        catch (Exception blind) when (blind is NpgsqlException or InvalidOperationException)
        {
            // Who cannot see must not stand in the way either.
            await LeaveAsync();
        }
    }

    private async Task LookOnAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var locks = await AskAsync(CancellationToken.None);
            foreach (var seen in locks.Where(seen => seen.Relation != 0)) _seen.Add(new SeenLock(seen.Relation, seen.Mode));
            foreach (var (relation, mode, blockers) in locks)
            {
                LockMode? wanted = relation == 0 ? null : new SeenLock(relation, mode).LockMode;
                foreach (var blocker in _blockers.Where(blocker => blockers.Contains(blocker.Pid))) await blocker.GiveWayAsync(wanted, CancellationToken.None);
                if (_catalog is not null && blockers.Contains(_catalog.Pid)) await _catalog.GiveWayAsync(CancellationToken.None);
            }

            try
            {
                await Task.Delay(s_pause, end);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<(uint Relation, string Mode, int[] Blockers)>> AskAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select case when l.locktype = 'relation' then l.relation else 0::oid end, l.mode, case when l.granted then '{}' else pg_catalog.pg_blocking_pids(l.pid) end
            from pg_catalog.pg_locks l
            where l.pid = $1 and (l.locktype = 'relation' or not l.granted) and l.mode <> 'SIReadLock'
            """, _looker.Connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _watched.BackendPid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var locks = new List<(uint, string, int[])>();
        while (await reader.ReadAsync(cancellationToken)) locks.Add((reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetFieldValue<int[]>(2)));
        return locks;
    }

    private async Task CloseAsync()
    {
        await _end.CancelAsync();
        await _looking;
        await LeaveAsync();
        await _looker.DisposeAsync();
    }

    private async Task LeaveAsync()
    {
        foreach (var blocker in _blockers) await blocker.DisposeAsync();
        _blockers.Clear();
        if (_catalog is not null) await _catalog.DisposeAsync();
        _catalog = null;
    }
}
