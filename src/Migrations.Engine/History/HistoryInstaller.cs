using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>Makes the history schema: all of it or nothing, in one transaction and one round trip. The caller holds the run lock.</summary>
internal sealed class HistoryInstaller(HistorySchema schema)
{
    public async Task InstallAsync(Session session, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        foreach (var statement in HistoryLayout.Statements(schema)) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        batch.BatchCommands.Add(new Journal(schema).Installed(Actor.Current().Module).ToCommand());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
        }
        catch (ServerException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new EngineException("HistoryNotInstallable", FailureKind.Permission,
                $"The role {session.Server.Role} may not create the history schema {schema} in {session.Server.Database}: {failure.MessageText}.",
                $"As the database's owner, run Initialize-MigrationDatabase once, or: grant create on database {Identifier.Quote(session.Server.Database)} to {Identifier.Quote(session.Server.Role)}.",
                schema.Name, failure);
        }
    }
}
