using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>Makes the history schema: all of it or nothing, in one transaction and one round trip. The caller holds the run lock.</summary>
internal sealed class HistoryInstaller(HistorySchema schema)
{
    /// <summary>For a caller with a transaction of its own.</summary>
    public IEnumerable<NpgsqlBatchCommand> Commands =>
    [
        .. HistoryLayout.Statements(schema).Select(statement => new NpgsqlBatchCommand(statement)),
        new Journal(schema).Installed(Actor.Current()).ToCommand(),
    ];

    public async Task InstallAsync(Session session, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        foreach (var command in Commands) batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await ServerCall.RunAsync(async () =>
        {
            try
            {
                return await batch.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw Explain(failure, session);
            }
        }, session.Secrets);
    }

    public EngineException Explain(PostgresException failure, Session session) => failure.SqlState == PostgresErrorCodes.InsufficientPrivilege
        ? new EngineException("HistoryNotInstallable", FailureKind.Permission,
            $"The role {session.Server.Role} may not create the history schema {schema} in {session.Server.Database}: {failure.MessageText}.",
            $"As the database's owner, run Initialize-MigrationDatabase once, or: grant create on database {Identifier.Quote(session.Server.Database)} to {Identifier.Quote(session.Server.Role)}.",
            schema.Name, failure)
        : ServerException.From(failure, session.Secrets);
}
