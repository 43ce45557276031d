using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Npgsql;

namespace Migrations.Engine.Audit;

/// <summary>Records acts that are no runs of scripts: imports, exports, refusals. Each in a transaction of its own.</summary>
/// <remarks>Where there is no history, or this role may not write it, an act is not recorded, and its result says so; it is not refused for that.</remarks>
public sealed class ActLog(Database database, HistorySchema schema, IActivity activity)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The act, and who does it; salted, as all.</summary>
    /// <param name="kind">Of the row that says who: import, export, refusal.</param>
    /// <param name="detail">Becomes JSON. No values of rows, no secrets.</param>
    /// <returns>Whether it is on record.</returns>
    public async Task<bool> RecordAsync(string act, string kind, object detail, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await RecordAsync(session, act, kind, detail, cancellationToken);
        }
        catch (EngineException failure)
        {
            return Not(act, failure.Message);
        }
    }

    internal async Task<bool> RecordAsync(Session session, string act, string kind, object detail, CancellationToken cancellationToken)
    {
        try
        {
            if (session.Server.IsStandby || session.Server.IsReadOnly) return Not(act, "this server is read only");
            var presence = await new HistoryStore(schema).LookAsync(session, cancellationToken);
            if (presence.LayoutVersion is not HistorySchema.CurrentVersion) return Not(act, presence.IsInstalled ? $"the history schema {schema} has an older layout" : $"there is no history schema {schema}");
            await using var batch = new NpgsqlBatch(session.Connection);
            // Whoever holds the end of the chain lets it go when his transaction ends; what was done is done, and does not wait for ever to be told.
            foreach (var statement in (string[])["begin isolation level read committed", $"set local lock_timeout = '{Patience.TotalMilliseconds:0}ms'"]) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            var command = new Journal(schema).Act(act, Guid.CreateVersion7(), kind, Actor.Current(), detail).ToCommand();
            batch.BatchCommands.Add(command);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
            await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
            return command.RecordsAffected == 1 || Not(act, "the server has taken no row of it");
        }
        catch (EngineException failure)
        {
            if (!session.IsBroken) await session.Connection.ExecuteAsync("rollback");
            return Not(act, failure.Message);
        }
    }

    private bool Not(string act, string why)
    {
        activity.Detail($"{act} is not on record: {why}");
        return false;
    }
}
