using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>Prepares a database: makes the history schema where it is missing, upgrades an older layout of it, and stamps the environment.</summary>
public sealed class DatabaseInitializer(Database database, IActivity activity, TimeProvider clock)
{
    /// <param name="environment">The stamp to set; null leaves what is there.</param>
    public async Task<InitializedDatabase> InitializeAsync(HistorySchema schema, string? environment, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        var store = new HistoryStore(schema);
        Preflight.Examine(session, await store.LookAsync(session, cancellationToken), new MigrationRequest { History = schema });
        await new PoolerProbe(database, session, activity, clock).EnsureOwnBackendAsync(cancellationToken);

        await using var runLock = new RunLock(session, schema, clock);
        await runLock.AcquireAsync(TimeSpan.FromMinutes(1), activity, cancellationToken);
        var before = await store.LookAsync(session, cancellationToken);
        await new HistoryReadiness(schema, activity, clock).EnsureAsync(session, before, cancellationToken);
        if (environment is not null && environment != before.Environment) await StampAsync(session, schema, environment, cancellationToken);

        var after = await store.LookAsync(session, cancellationToken);
        return new InitializedDatabase(session.Server.Database, schema.Name, HistorySchema.CurrentVersion, after.Environment, Created: !before.IsInstalled, before.UpgradeOf(schema) is null ? null : before.LayoutVersion);
    }

    private async Task StampAsync(Session session, HistorySchema schema, string environment, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new Journal(schema).EnvironmentStamped(environment, Actor.Current()).ToCommand());
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure)
        {
            throw ServerException.From(failure, database.Secrets);
        }
    }
}
