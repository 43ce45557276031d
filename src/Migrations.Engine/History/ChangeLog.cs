using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>Everything that ever succeeded in a database, in the order in which it did; what was taken back is in it twice.</summary>
internal sealed class ChangeLog(HistoryStore store)
{
    private readonly string _s = store.Schema.Quoted;

    public async Task<IReadOnlyList<HistoryChange>> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        var rows = await store.Guarded(() => session.Connection.QueryAsync<HistoryChange>(new CommandDefinition(
            $"""
            select a.kind as "Kind", a.version as "Version", a.name as "Name", a.title as "Title", a.direction as "Direction", e.act as "Outcome",
                   a.out_of_order as "OutOfOrder", e.event_id as "EventId", e.at as "At",
                   extract(epoch from e.at - a.started_at)::double precision as "Seconds", r.db_role as "DbRole"
            from {_s}.events e
            join {_s}.scripts a using (attempt_id)
            join {_s}.runs r on r.run_id = a.run_id
            where e.act in ('ScriptSucceeded', 'ScriptBaselined', 'ScriptAccepted')
            order by e.event_id
            """,
            cancellationToken: cancellationToken)));
        return rows.AsList();
    }

    /// <summary>Position of the newest event of any script, failures among them; 0 when there is none.</summary>
    public Task<long> LastEventAsync(Session session, CancellationToken cancellationToken) => store.Guarded(() => session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
        $"select coalesce(max(event_id), 0) from {_s}.events where attempt_id is not null", cancellationToken: cancellationToken)));
}
