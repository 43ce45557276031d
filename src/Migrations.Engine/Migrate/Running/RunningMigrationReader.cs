using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// What runs in a database now, seen from outside: history names the run, the run lock proves that it lives, the server's views tell what it does.
/// It changes nothing and takes no lock.
/// </summary>
public sealed class RunningMigrationReader(Database database, TimeProvider clock)
{
    private const int LongestStatement = 400;

    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(250);

    /// <returns>At most two: a run that lives, and a newest one that was cut off. A run that ended, well or not, is none.</returns>
    /// <exception cref="EngineException">HistoryNotReadable, HistoryTooNew, HistoryForeign and those of the connection.</exception>
    public async Task<IReadOnlyList<RunningMigration>> ReadAsync(HistorySchema schema, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        return await ReadAsync(session, schema, cancellationToken);
    }

    internal async Task<IReadOnlyList<RunningMigration>> ReadAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        var (run, holder) = await LookAsync(session, schema, cancellationToken);
        if (run is not null && !IsBackend(run, holder))
        {
            // It may have ended between the two questions, and frees its lock a moment before its last row can be seen.
            await Task.Delay(s_secondLook, clock, cancellationToken);
            (run, holder) = await LookAsync(session, schema, cancellationToken);
        }

        // Pids come back: a session that is younger than the run is not the run's.
        var isAlive = run is not null && holder is not null && IsBackend(run, holder) && !(holder.Since > run.StartedAt);
        var found = new List<RunningMigration>();
        if (holder is not null) found.Add(await DescribeAsync(session, schema, isAlive ? run : null, holder, cancellationToken));
        if (run is not null && !isAlive) found.Add(Interrupted(session, schema, run));
        return found;
    }

    private static async Task<(OpenRun? Run, RunningSession? Holder)> LookAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        // History first: a run that is on record and not ended still held the lock then.
        var presence = await new HistoryStore(schema).LookAsync(session, cancellationToken);
        var run = presence.IsInstalled ? await new OpenRunQuery(schema).ReadAsync(session, cancellationToken) : null;
        return (run, await HolderAsync(session, schema, cancellationToken));
    }

    private static Task<RunningSession?> HolderAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        const string holder = $"""
            select l.pid as "Pid", nullif(a.application_name, '') as "Application", a.usename::text as "Role", a.client_addr::text as "Client",
                   a.backend_start is not null as "IsVisible", a.state as "State",
                   case when a.state <> 'idle' then a.wait_event_type || ': ' || a.wait_event end as "Wait",
                   case when a.state = 'active' then a.query end as "Query", a.backend_start as "Since",
                   case when a.state = 'active' then extract(epoch from clock_timestamp() - a.query_start)::double precision end as "QuerySeconds"
            from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where {RunLock.IsHeld}
            limit 1
            """;
        return ServerCall.RunAsync(() => session.Connection.QueryFirstOrDefaultAsync<RunningSession>(
            new CommandDefinition(holder, new { key = schema.LockKey }, cancellationToken: cancellationToken)), session.Secrets);
    }

    private static async Task<RunningMigration> DescribeAsync(
        Session session, HistorySchema schema, OpenRun? run, RunningSession holder, CancellationToken cancellationToken)
    {
        var progress = holder.IsVisible ? await RunningProgressQuery.OfAsync(session, holder.Pid, cancellationToken) : null;
        var since = run?.StartedAt ?? holder.Since;
        TimeSpan? inStatement = holder.QuerySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return Named(session, schema, run) with
        {
            State = run is null ? RunningState.Starting : RunningState.Running,
            Who = run?.Who ?? holder.Who,
            Since = since,
            Elapsed = since is null ? null : Age(session, since.Value),
            ScriptElapsed = run?.ScriptStartedAt is { } began ? Age(session, began) : null,
            Pid = holder.Pid,
            SessionState = holder.State,
            Wait = holder.Wait,
            Statement = holder.Query is { } query ? WithoutTexts(query) : null,
            StatementElapsed = inStatement,
            BlockedBy = await ServerCall.RunAsync(() => BlockerQuery.OfAsync(session, holder.Pid, cancellationToken), session.Secrets),
            Waiting = await ServerCall.RunAsync(() => BlockerQuery.BehindAsync(session, holder.Pid, cancellationToken), session.Secrets),
            Progress = progress,
            Left = progress is { IsWhole: true, Percent: > 0 and { } percent } && inStatement is { } spent ? spent * ((100 - percent) / percent) : null,
            Unknown = holder.IsVisible ? [] : [$"Statement, session state, wait and progress: {session.Server.Role} sees them with pg_read_all_stats (grant it), or as {holder.Role ?? "the role of the run"}."],
        };
    }

    /// <summary>Layout 1 did not keep the pid: there the lock alone tells.</summary>
    private static bool IsBackend(OpenRun run, RunningSession? holder) => holder is not null && (run.Backend ?? holder.Pid) == holder.Pid;

    private static RunningMigration Interrupted(Session session, HistorySchema schema, OpenRun run) => Named(session, schema, run);

    private static RunningMigration Named(Session session, HistorySchema schema, OpenRun? run) => new()
    {
        RunId = run?.RunId,
        State = RunningState.Interrupted,
        Kind = run?.Kind,
        Who = run?.Who,
        Since = run?.StartedAt,
        Script = run?.Script,
        Path = run?.Path,
        Succeeded = run?.Succeeded ?? 0,
        PartsDone = run?.PartsDone ?? 0,
        Database = session.Server.Database,
        HistorySchema = schema.Name,
    };

    /// <summary>By the server's clock, which wrote the times; the session was opened a moment ago.</summary>
    private static TimeSpan Age(Session session, DateTime since)
    {
        var age = session.Server.ServerTime - since;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>A text in quotes may be a password that only the run can mask.</summary>
    internal static string WithoutTexts(string query)
    {
        var text = string.Concat(new SqlLexer(query).Tokens.Select(token => token.Kind switch
        {
            TokenKind.String or TokenKind.BitString => "'***'",
            TokenKind.DollarString => "$***$",
            TokenKind.Whitespace or TokenKind.LineComment or TokenKind.BlockComment => " ",
            _ => query.Substring(token.Start, token.Length),
        })).Trim();
        return text.Length <= LongestStatement ? text : text[..LongestStatement] + " ...";
    }
}
