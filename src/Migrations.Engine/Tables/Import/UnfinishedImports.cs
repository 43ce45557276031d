using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Tables;

/// <summary>The imports in parts that have not ended, and their giving up: the account says then that nobody goes on with them. No row of a table is touched.</summary>
public sealed class UnfinishedImports(Database database, HistorySchema history)
{
    private readonly string _s = history.Quoted;

    /// <summary>In the order in which they began.</summary>
    /// <param name="id">Only this one; null: all of the table.</param>
    /// <exception cref="EngineException">TableNotFound, TableImportNotFound.</exception>
    public Task<IReadOnlyList<UnfinishedImport>> ReadAsync(string table, Guid? id, CancellationToken cancellationToken) => database.ReadAsync(async session =>
    {
        var target = await RelationName.ResolveAsync(session, table, cancellationToken);
        var found = await ReadAsync(session, target, id, cancellationToken);
        if (id is null || found.Count > 0) return found;
        throw new EngineException("TableImportNotFound", FailureKind.NotFound, $"{target} has no unfinished import {id} in the history {history} of {session.Server.Database}. Nothing was changed.",
            "Without -ImportId those that it has are named; -HistorySchema says where else the account may stand.", id);
    }, cancellationToken);

    /// <exception cref="EngineException">ImportStillRunning.</exception>
    public async Task<UnfinishedImport> GiveUpAsync(UnfinishedImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        await using var session = await database.OpenAsync(cancellationToken);
        return await ServerCall.RunAsync(async () =>
        {
            // The locks go with the transaction, also behind a pooler; until then nobody can begin to go on with it.
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
            // An import that only looks whether this one is at work holds its lock for a moment.
            for (var tries = 0; !await ImportLock.Of(import.ImportId).IsFreeAsync(session, cancellationToken); tries++)
            {
                if (tries < 20)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
                    continue;
                }

                var holders = await ImportLock.Of(import.ImportId).HoldersAsync(session, cancellationToken);
                throw new EngineException("ImportStillRunning", FailureKind.Conflict, $"The {import} is at work: backend {string.Join(", ", holders)} holds its lock. Nothing was changed.",
                    "Wait for its end, or stop it first with Ctrl+C. When its program is dead and the server has not noticed, end that backend with pg_terminate_backend.", import.Table);
            }

            var ended = await session.Connection.ExecuteAsync(new CommandDefinition(
                $"insert into {_s}.import_ends (import_id, outcome) values (@id, 'abandoned') on conflict (import_id) do nothing", new { id = import.ImportId }, transaction, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return import with { IsGivenUp = ended == 1 };
        }, session.Secrets);
    }

    private async Task<IReadOnlyList<UnfinishedImport>> ReadAsync(Session session, RelationName target, Guid? id, CancellationToken cancellationToken)
    {
        const string present = "select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = @schema and c.relname = 'import_ends')";
        var unfinished = $"""
            select i.import_id as "ImportId", i.files as "Files", i.started_at as "StartedAt", i.streams as "Streams", i.db_role as "Role",
                   coalesce(pg_catalog.sum(p.read), 0)::pg_catalog.int8 as "Records", coalesce(pg_catalog.sum(p.loaded), 0)::pg_catalog.int8 as "Loaded"
            from {_s}.imports i left join {_s}.import_parts p using (import_id)
            where i.target = @target and i.import_id = coalesce(@id, i.import_id) and not exists (select from {_s}.import_ends e where e.import_id = i.import_id)
            group by i.import_id
            order by i.started_at
            """;
        var isThere = await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(present, new { schema = history.Name }, cancellationToken: cancellationToken)), session.Secrets);
        if (!isThere) return [];
        var rows = await ServerCall.RunAsync(() => session.Connection.QueryAsync<Row>(new CommandDefinition(unfinished, new { target = target.Sql, id }, cancellationToken: cancellationToken)), session.Secrets);
        return [.. rows.Select(row => new UnfinishedImport(row.ImportId, target.ToString(), row.Files, row.StartedAt, row.Streams, row.Records, row.Loaded, row.Role))];
    }

    private sealed record Row
    {
        public Guid ImportId { get; init; }

        public string[] Files { get; init; } = [];

        public DateTime StartedAt { get; init; }

        public int Streams { get; init; }

        public string Role { get; init; } = "";

        public long Records { get; init; }

        public long Loaded { get; init; }
    }
}
