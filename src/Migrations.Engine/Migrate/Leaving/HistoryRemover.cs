using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Takes this module out of a database: drops the history schema, all of it or nothing, and what the scripts have built stays. Each object of ours is
/// dropped by its name and nothing with CASCADE, so the server itself refuses when the schema holds anything else, or anything else rests on it.
/// </summary>
public sealed class HistoryRemover(Database database, IActivity activity, TimeProvider clock)
{
    /// <param name="request">Names the history, and the stamp that the database must carry.</param>
    /// <param name="file">Where the history goes first; null when it is given up.</param>
    /// <returns>Null when there is no such history.</returns>
    /// <exception cref="EngineException">HistoryNotRemovable, HistoryFileExists, HistoryTooNew, HistoryForeign, HistoryNotReadable, and those of the preflight.</exception>
    public async Task<HistoryRemoval?> PlanAsync(MigrationRequest request, string? file, bool overwrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var session = await database.OpenAsync(cancellationToken);
        if (file is not null) HistoryExporter.EnsureFree(file, overwrite);
        return await PlanAsync(session, request, file, cancellationToken);
    }

    /// <exception cref="EngineException">RunLockTimeout: a run is going on. PlanOutdated, HistoryNotRemovable, HistoryBusy, and those of the export.</exception>
    public async Task<HistoryRemoval> RemoveAsync(HistoryRemoval plan, MigrationRequest request, bool overwrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(request);
        await using var session = await database.OpenAsync(cancellationToken);
        await new PoolerProbe(database, session, activity, clock).EnsureOwnBackendAsync(cancellationToken);
        await using var runLock = new RunLock(session, request.History, clock);
        // No waiting: who removes the history of a database that is being migrated has not looked.
        await runLock.AcquireAsync(TimeSpan.Zero, activity, cancellationToken);
        var now = await PlanAsync(session, request, plan.ExportedTo, cancellationToken);
        if (now is null || (now.Target.Host, now.Target.Port, now.Target.Database, now.Events) != (plan.Target.Host, plan.Target.Port, plan.Target.Database, plan.Events))
        {
            throw new EngineException("PlanOutdated", FailureKind.Conflict, $"The history {request.History} is not what it was when you were asked. Nothing was changed.",
                "Another run or connection came between: look at Get-Migration, and decide again.", plan.Target);
        }

        if (plan.ExportedTo is { } file) await new HistoryExporter(database, clock).ExportAsync(session, request.History, file, overwrite, cancellationToken);
        await DropAsync(session, request.History, now, cancellationToken);
        return now with { Removed = true };
    }

    private static async Task<HistoryRemoval?> PlanAsync(Session session, MigrationRequest request, string? file, CancellationToken cancellationToken)
    {
        var schema = request.History;
        var store = new HistoryStore(schema);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        if (!presence.IsInstalled) return null;

        var strangers = await HistoryStrangers.OfAsync(session, schema, cancellationToken);
        if (strangers.Count > 0) throw NotRemovable(session, schema, FailureKind.Conflict, $"it holds what is not this module's: {string.Join(", ", strangers)}", null);
        var (runs, scripts, events) = await store.Guarded(() => session.Connection.QuerySingleAsync<(long, long, long)>(new CommandDefinition(
            $"select (select count(*) from {schema.Quoted}.events where act = 'RunStarted'), (select count(*) from {schema.Quoted}.scripts), (select count(*) from {schema.Quoted}.events)",
            cancellationToken: cancellationToken)));
        var history = await store.ReadAsync(session, cancellationToken);
        return new HistoryRemoval
        {
            Target = target,
            HistorySchema = schema.Name,
            LayoutVersion = presence.LayoutVersion ?? 0,
            Runs = runs,
            Scripts = scripts,
            Events = events,
            ExportedTo = file,
            Warnings =
            [
                .. history.Rows.Where(row => history.Unfinished(row.Key) is not null)
                    .Select(row => $"{row.Name} has not ended well. What of it is in the database is known only to this history."),
            ],
        };
    }

    private static async Task DropAsync(Session session, HistorySchema schema, HistoryRemoval plan, CancellationToken cancellationToken)
    {
        var s = schema.Quoted;
        var tables = string.Join(", ", HistoryLayout.TablesOf(plan.LayoutVersion).Select(table => $"{s}.{table}"));
        string[] statements =
        [
            "begin",
            "set local lock_timeout = '2s'",
            $"lock table {tables} in access exclusive mode",
            $"""
            do $unmoved$ begin
                if (select count(*) from {s}.events) <> {plan.Events} then raise exception 'the history has moved on' using errcode = 'MG003'; end if;
            end $unmoved$
            """,
            $"drop view {s}.status",
            $"drop table {tables}",
            HistoryFunctions.Drop(s, HistoryFunctions.AllNames),
            $"drop schema {s}",
            "commit",
        ];
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        try
        {
            await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
        }
        catch (ServerException failure)
        {
            await session.Connection.ExecuteAsync("rollback");
            throw failure.SqlState switch
            {
                PostgresErrorCodes.InsufficientPrivilege => NotRemovable(session, schema, FailureKind.Permission, failure.MessageText, failure),
                PostgresErrorCodes.DependentObjectsStillExist => NotRemovable(session, schema, FailureKind.Conflict, $"{failure.MessageText} ({failure.Detail?.ReplaceLineEndings("; ")})", failure),
                PostgresErrorCodes.LockNotAvailable => new EngineException("HistoryBusy", FailureKind.Busy,
                    $"The history schema {schema} in {session.Server.Database} could not be removed: its tables are in use. {await HistoryHolders.OfAsync(session, schema, cancellationToken)} Nothing was changed.",
                    "Wait for them to end, for example a pg_dump, and run again.", schema.Name, failure),
                _ => failure,
            };
        }
    }

    private static EngineException NotRemovable(Session session, HistorySchema schema, FailureKind kind, string why, Exception? cause) => new("HistoryNotRemovable", kind,
        $"The history schema {schema} in {session.Server.Database} cannot be removed: {why}. Nothing was dropped.",
        kind == FailureKind.Permission ? "Run it as the owner of that schema and its tables." : "Move or drop what is not this module's yourself, then run again.", schema.Name, cause);
}
