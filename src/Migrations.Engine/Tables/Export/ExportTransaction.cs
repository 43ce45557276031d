using System.Data;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// One unchanging, read-only view of the database, with every setting fixed that changes how a value is written: a file must not depend
/// on who exported it. It ends with a rollback.
/// </summary>
internal sealed class ExportTransaction(Session session) : IAsyncDisposable
{
    /// <summary>Who waits longer for a table is told so; nobody queues behind a lock that only reads.</summary>
    private const string LockTimeout = "10s";

    private static readonly (string Name, string Value)[] s_settings =
    [
        ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("extra_float_digits", "1"), ("bytea_output", "hex"), ("xmloption", "content"), ("lc_monetary", "C"),
        ("quote_all_identifiers", "off"), ("synchronize_seqscans", "off"), ("row_security", "on"), ("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0"), ("lock_timeout", LockTimeout),
    ];

    /// <param name="snapshot">Of another session, to see what it sees; null for one of its own.</param>
    /// <exception cref="EngineException">ServerError, ConnectionLost.</exception>
    public static async Task<ExportTransaction> BeginAsync(Session session, ExportRequest request, string? snapshot, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin isolation level repeatable read read only"));
        // Before anything that reads, or the transaction has a snapshot already.
        if (snapshot is not null) batch.BatchCommands.Add(new NpgsqlBatchCommand($"set transaction snapshot {Literal.Quote(snapshot)}"));
        foreach (var (name, value) in s_settings) Set(batch, name, value);
        Set(batch, "TimeZone", request.TimeZone);
        // A table that the server reads with several workers comes in another order each time; for more speed there are our own streams.
        if (request.Query is null) Set(batch, "max_parallel_workers_per_gather", "0");
        if (session.Server.Major >= 17) Set(batch, "transaction_timeout", "0");
        await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
        return new ExportTransaction(session);
    }

    /// <summary>So that names of objects, as regclass writes them, bear their schema.</summary>
    public async Task QualifyNamesAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        Set(batch, "search_path", "pg_catalog, pg_temp");
        await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
    }

    /// <summary>The name under which others may see what this transaction sees, as long as it lasts.</summary>
    public async Task<string> ShareSnapshotAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_catalog.pg_export_snapshot()"));
        return await ServerCall.RunAsync(async () => (string)(await batch.ExecuteScalarAsync(cancellationToken))!, session.Secrets);
    }

    public async ValueTask DisposeAsync()
    {
        // In the midst of a COPY there is no way to say it; closing the session is the same.
        if (session.Connection.FullState != ConnectionState.Open) return;
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("rollback"));
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static void Set(NpgsqlBatch batch, string name, string value)
    {
        var set = new NpgsqlBatchCommand("select pg_catalog.set_config($1, $2, true)");
        foreach (var text in new[] { name, value }) set.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        batch.BatchCommands.Add(set);
    }
}
