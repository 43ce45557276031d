using System.Text.Json;
using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// Writes a whole history as JSON lines: a head, one line for each row ({"table": ..., "row": ...}), and an end with the count, so that a
/// cut file is known as one. Read in one snapshot; changes nothing, and works on every layout.
/// </summary>
public sealed class HistoryExporter(Database database, TimeProvider clock)
{
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="EngineException">HistoryNotInstalled, HistoryFileExists, HistoryFileNotWritable, HistoryNotReadable, HistoryTooNew, HistoryForeign.</exception>
    public async Task<HistoryExport> ExportAsync(HistorySchema schema, string path, bool overwrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        await using var session = await database.OpenAsync(cancellationToken);
        return await ExportAsync(session, schema, path, overwrite, cancellationToken);
    }

    internal async Task<HistoryExport> ExportAsync(Session session, HistorySchema schema, string path, bool overwrite, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(schema);
        if (await store.LookAsync(session, cancellationToken) is not { IsInstalled: true, LayoutVersion: { } layout })
        {
            throw new EngineException("HistoryNotInstalled", FailureKind.NotFound, $"{session.Server.Database} has no history schema {schema}.",
                "Check the connection, and the history schema with -HistorySchema or -Path.", schema.Name);
        }

        EnsureFree(path, overwrite);
        // Beside its place first: a half-written export never bears the name.
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            HistoryExport export;
            await using (var file = new FileStream(draft, FileMode.CreateNew))
            {
                await using (var output = new StreamWriter(file, leaveOpen: true)) export = await WriteAsync(session, store, layout, path, output, cancellationToken);
                // The history may be dropped next: on disk means on disk.
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite);
            return export;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("HistoryFileNotWritable", FailureKind.Resource, $"The history cannot be written to {path}: {failure.Message} Nothing was changed.",
                "Choose another file with -OutFile.", path, failure);
        }
        finally
        {
            if (File.Exists(draft)) File.Delete(draft);
        }
    }

    internal static void EnsureFree(string path, bool overwrite)
    {
        if (!File.Exists(path) || overwrite) return;
        throw new EngineException("HistoryFileExists", FailureKind.Conflict, $"{path} exists already. Nothing was changed.",
            "Give another file with -OutFile, or overwrite this one with -Force.", path);
    }

    private async Task<HistoryExport> WriteAsync(Session session, HistoryStore store, int layout, string path, StreamWriter output, CancellationToken cancellationToken)
    {
        var schema = store.Schema;
        await ExecuteAsync("begin isolation level repeatable read read only");
        try
        {
            await ExecuteAsync("set local timezone = 'UTC'");
            await LineAsync(new
            {
                format = "migrations-history", formatVersion = 1, layout, database = session.Server.Database, historySchema = schema.Name,
                exportedAt = clock.GetUtcNow().UtcDateTime, exportedBy = session.Server.Role, server = session.Server.Version, module = Actor.Current().Module,
            });
            var counts = new Dictionary<string, long>();
            foreach (var table in HistoryLayout.TablesOf(layout)) counts[table] = await store.Guarded(() => CopyAsync(table));
            var (runs, last) = await store.Guarded(() => session.Connection.QuerySingleAsync<(long, long)>(
                new CommandDefinition($"select count(*) filter (where act = 'RunStarted'), coalesce(max(event_id), 0) from {schema.Quoted}.events", cancellationToken: cancellationToken)));
            var rows = counts.Values.Sum();
            await LineAsync(new { end = true, rows, lastEventId = last });
            return new HistoryExport(path, session.Server.Database, schema.Name, layout, runs, counts["scripts"], counts["events"], rows, last);
        }
        finally
        {
            if (!session.IsBroken) await session.Connection.ExecuteAsync("rollback");
        }

        async Task<long> CopyAsync(string table)
        {
            var count = 0L;
            // Keys grow with time, so this is nearly the order in which the rows came.
            var sql = $"select pg_catalog.json_build_object('table', '{table}', 'row', pg_catalog.to_json(r))::text from {schema.Quoted}.{table} r order by r";
            await foreach (var line in session.Connection.QueryUnbufferedAsync<string>(sql).WithCancellation(cancellationToken))
            {
                await output.WriteAsync(line.AsMemory(), cancellationToken);
                await output.WriteAsync('\n');
                count++;
            }

            return count;
        }

        async Task LineAsync(object line)
        {
            await output.WriteAsync(JsonSerializer.Serialize(line).AsMemory(), cancellationToken);
            await output.WriteAsync('\n');
        }

        Task<int> ExecuteAsync(string sql) => ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken)), session.Secrets);
    }
}
