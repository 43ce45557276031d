using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>Asks history for the run that may be going on. Only the newest can be: a run holds the run lock from before its first row to behind its last.</summary>
internal sealed class OpenRunQuery(HistorySchema schema)
{
    /// <returns>Null when the newest run has ended, or there is none.</returns>
    public Task<OpenRun?> ReadAsync(Session session, CancellationToken cancellationToken) => ServerCall.RunAsync(
        () => session.Connection.QuerySingleOrDefaultAsync<OpenRun>(new CommandDefinition(Sql, cancellationToken: cancellationToken)), session.Secrets);

    /// <summary>How a run ended, in the words of its last event; null as long as that is not there.</summary>
    public Task<string?> OutcomeAsync(Session session, Guid runId, CancellationToken cancellationToken) => ServerCall.RunAsync(
        () => session.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            $"select e.detail ->> 'outcome' from {schema.Quoted}.events e where e.run_id = @runId and e.act = 'RunEnded'",
            new { runId }, cancellationToken: cancellationToken)), session.Secrets);

    private string Sql => $"""
        select r.run_id as "RunId", r.kind as "Kind", r.started_at as "StartedAt", r.db_role as "DbRole", r.os_user as "OsUser", r.host as "Host",
               r.process_id as "ProcessId", r.project as "Project", (began.detail ->> 'backend')::int as "Backend",
               (select count(*)::int from {schema.Quoted}.events e where e.run_id = r.run_id and e.act = 'ScriptSucceeded') as "Succeeded",
               exists (select from {schema.Quoted}.events e where e.run_id = r.run_id and e.act = 'ScriptFailed') as "HasFailed",
               a.name as "Script", a.path as "Path", a.started_at as "ScriptStartedAt",
               (select count(*)::int from {schema.Quoted}.steps t where t.attempt_id = a.attempt_id and t.state = 'done') as "PartsDone"
        from (select * from {schema.Quoted}.events where act = 'RunStarted' order by event_id desc limit 1) began
        join {schema.Quoted}.runs r on r.run_id = began.run_id
        left join lateral (
            select * from {schema.Quoted}.scripts s
            where s.run_id = r.run_id
              and not exists (select from {schema.Quoted}.events e where e.attempt_id = s.attempt_id and e.act in ('ScriptSucceeded', 'ScriptFailed'))
            order by s.started_at desc limit 1) a on true
        where not exists (select from {schema.Quoted}.events e where e.run_id = r.run_id and e.act = 'RunEnded')
        """;
}
