using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>One session with its own transaction, through which records are copied.</summary>
internal sealed class CopyLane(Session session, CopyTarget target, ImportRequest request, IReadOnlyDictionary<ImportFile, ColumnMapping> mappings)
{
    private readonly bool _guardsEndMark = session.Server.Major < 18;

    public Session Session => session;

    public CopyTarget Target => target;

    public Task BeginAsync(CancellationToken cancellationToken) => ExecuteAsync(["begin", .. LoadSettings.Statements(LoadSettings.Of(request, session.Server.Major))], cancellationToken);

    public async Task ExecuteAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
    }

    /// <summary>A row of the account, in the lane's own transaction.</summary>
    public Task WriteAsync(JournalStatement statement, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(statement.ToCommand());
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }, session.Secrets);

    /// <summary>What one statement of ours counts.</summary>
    public Task<long> CountAsync(string sql, CancellationToken cancellationToken) => CountAsync([], sql, [], cancellationToken);

    /// <summary>Statements of ours, and what the server's counter says behind them; one round trip.</summary>
    public Task<long> CountAsync(IReadOnlyList<string> before, IReadOnlyList<string> after, CancellationToken cancellationToken) =>
        CountAsync(before, target.CountSql, after, cancellationToken);

    /// <summary>Statements of ours around one that counts; one round trip.</summary>
    public async Task<long> CountAsync(IReadOnlyList<string> before, string sql, IReadOnlyList<string> after, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in (string[])[.. before, sql, .. after]) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        return await ServerCall.RunAsync(async () =>
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            long? count = null;
            do
            {
                while (await reader.ReadAsync(cancellationToken)) count = reader.GetInt64(0);
            }
            while (await reader.NextResultAsync(cancellationToken));
            return count ?? 0;
        }, session.Secrets);
    }

    /// <summary>Opens a COPY for the records of a file; our header line is sent.</summary>
    public async Task<OpenCopy> OpenAsync(ImportFile file, bool skipsBad, CancellationToken cancellationToken)
    {
        var mapping = mappings[file];
        var text = CopyText.Of(target.Into, file, mapping, target.Freezes, skipsBad);
        return await OpenCopy.BeginAsync(session, text, file, new RecordWriter(file, ProjectionOf(file), _guardsEndMark), cancellationToken);
    }

    /// <summary>Null: records go as they are.</summary>
    public RecordProjection? ProjectionOf(ImportFile file) => mappings[file].Kept is { } kept ? new RecordProjection(file, kept, _guardsEndMark) : null;

    /// <summary>The place that the server names in a COPY of ours.</summary>
    public CopyContext PlaceOf(PostgresException failure, ImportFile file) => CopyContext.Of(failure, target.Relation, mappings[file].Columns.Select(column => column.Name));
}
