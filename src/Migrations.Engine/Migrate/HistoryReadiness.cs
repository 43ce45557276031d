using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// What everybody does who is about to write history: makes the schema where there is none, and brings an older layout to the newest.
/// The caller holds the run lock, and has looked under it.
/// </summary>
internal sealed class HistoryReadiness(HistorySchema schema, IActivity activity, TimeProvider clock)
{
    /// <exception cref="EngineException">HistoryNotInstallable, HistoryNotUpgradable, HistoryBusy.</exception>
    public async Task EnsureAsync(Session session, HistoryPresence found, CancellationToken cancellationToken)
    {
        if (!found.IsInstalled) await new HistoryInstaller(schema).InstallAsync(session, cancellationToken);
        else if (found.UpgradeOf(schema) is { } upgrade) await UpgradeAsync(session, upgrade, cancellationToken);
    }

    private async Task UpgradeAsync(Session session, HistoryUpgrade upgrade, CancellationToken cancellationToken)
    {
        activity.Detail(upgrade.Notice);
        var began = clock.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                await SendAsync(session, [new NpgsqlBatchCommand("begin"), .. upgrade.Commands, new NpgsqlBatchCommand("commit")], cancellationToken);
                return;
            }
            catch (ServerException failure)
            {
                await SendAsync(session, [new NpgsqlBatchCommand("rollback")], CancellationToken.None);
                if (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege) throw await NotUpgradableAsync(session, failure, cancellationToken);
                if (failure.SqlState is not (PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)) throw;
                if (!RetryPolicy.Default.AllowsAnother(attempts, clock.GetElapsedTime(began))) throw await BusyAsync(session, failure, attempts, cancellationToken);
            }

            await Task.Delay(RetryPolicy.Pause(attempts, Random.Shared), clock, cancellationToken);
        }
    }

    private static Task<int> SendAsync(Session session, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in commands) batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }, session.Secrets);

    private async Task<EngineException> NotUpgradableAsync(Session session, ServerException failure, CancellationToken cancellationToken)
    {
        var owner = await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = @table::pg_catalog.regclass",
            new { table = schema.Quoted + ".versions" }, cancellationToken: cancellationToken)), session.Secrets);
        return new EngineException("HistoryNotUpgradable", FailureKind.Permission,
            $"The role {session.Server.Role} may not upgrade the history schema {schema} in {session.Server.Database}, which belongs to {owner}: {failure.MessageText}. Nothing was changed.",
            $"As {owner}, run Initialize-MigrationDatabase once, or: grant {Identifier.Quote(owner!)} to {Identifier.Quote(session.Server.Role)}.", schema.Name, failure);
    }

    private async Task<EngineException> BusyAsync(Session session, ServerException failure, int attempts, CancellationToken cancellationToken)
    {
        var holders = await HistoryHolders.OfAsync(session, schema, cancellationToken);
        return new EngineException("HistoryBusy", FailureKind.Busy,
            $"The history schema {schema} in {session.Server.Database} could not be changed: its tables were in use in {attempts} tries. {holders} Nothing was changed.",
            "Wait for them to end, for example a pg_dump, and run again.", schema.Name, failure);
    }
}
