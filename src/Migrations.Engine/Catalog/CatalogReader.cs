using System.Data;
using System.Text.Json;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// Reads a snapshot in one round trip and leaves no trace: no setting, no lock. In a transaction of the caller's it works under a savepoint and sees
/// what that transaction did; without one it reads in a read-only transaction of its own.
/// </summary>
public sealed class CatalogReader(CatalogSelection selection)
{
    // The savepoint's rollback also gives back the locks on views and tables that the server took to write their definitions.
    private const string Savepoint = "migrations_catalog";

    private static readonly string[] s_save = [$"savepoint {Savepoint}"];
    private static readonly string[] s_return = [$"rollback to savepoint {Savepoint}", $"release savepoint {Savepoint}"];

    /// <summary>
    /// Everything that changes how the server writes a definition: constants of dates, floats and bytes come out in the words of the session.
    /// pg_temp stands last, or a temporary table would be found before the catalog's own. JIT, and a plan for each list of schemas, would cost more
    /// than the query.
    /// </summary>
    private const string Settings = """
        select pg_catalog.set_config(s.name, s.value, true)
        from (values ('role', 'none'), ('search_path', 'pg_catalog, pg_temp'), ('quote_all_identifiers', 'off'), ('standard_conforming_strings', 'on'), ('DateStyle', 'ISO, MDY'),
                     ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('lc_monetary', 'C'), ('xmlbinary', 'base64'),
                     ('jit', 'off'), ('plan_cache_mode', 'force_generic_plan')) s (name, value)
        """;

    private const string GivingWay = $"""
        {Settings}
        union all
        select pg_catalog.set_config('lock_timeout', greatest(10, setting::pg_catalog.int4 / 20)::pg_catalog.text, true) from pg_catalog.pg_settings where name = 'deadlock_timeout'
        """;

    /// <summary>
    /// For reading the same session again and again: the questions stay prepared in it, which spares planning them, most of the time for a small
    /// schema. It costs a second round trip in a transaction of the caller's. A DEALLOCATE ALL in between does no harm.
    /// </summary>
    public bool Repeats { get; init; }

    /// <summary>
    /// For a database in which others are at work: the functions that write definitions lock what they write. Who waits in a knot longer than
    /// deadlock_timeout may be ended by the server, and that must not be the one who drops a table while somebody reads: so this waits for a twentieth of that
    /// at most, gives everything back, and is refused with 55P03. <see cref="CatalogFileSource"/> then begins again.
    /// </summary>
    internal bool GivesWay { get; init; }

    /// <exception cref="ServerException">The server refused.</exception>
    /// <exception cref="EngineException">ConnectionLost.</exception>
    public async Task<CatalogSnapshot> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return await ServerCall.RunAsync(async () =>
        {
            try
            {
                return await ReadAsync(session.Connection, cancellationToken);
            }
            catch (PostgresException failure) when (Repeats && failure.SqlState == PostgresErrorCodes.InvalidSqlStatementName)
            {
                // A DEALLOCATE ALL took the prepared questions, and the driver has to forget them too.
                session.Connection.UnprepareAll();
                return await ReadAsync(session.Connection, cancellationToken);
            }
        }, session.Secrets);
    }

    private async Task<CatalogSnapshot> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await BeginAsync(connection, cancellationToken) is { } own
            ? await InOwnAsync(connection, own, cancellationToken)
            : await UnderSavepointAsync(connection, cancellationToken);

    /// <summary>A transaction whose BEGIN travels with what comes next; null when the session is in one. The driver tells only by refusing.</summary>
    private static async Task<NpgsqlTransaction?> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        }
        catch (InvalidOperationException) when ((connection.FullState & ConnectionState.Open) != 0)
        {
            return null;
        }
    }

    private async Task<CatalogSnapshot> InOwnAsync(NpgsqlConnection connection, NpgsqlTransaction own, CancellationToken cancellationToken)
    {
        await using (own) return await ReadAsync(connection, CatalogQueries.All, ["set transaction read only"], ["rollback"], cancellationToken);
    }

    private async Task<CatalogSnapshot> UnderSavepointAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (!Repeats) return await ReadAsync(connection, CatalogQueries.Traceless, s_save, s_return, cancellationToken);
            // By itself and unprepared: what is refused afterwards, because it is prepared no more, must not cost the caller's transaction.
            await SendAsync(connection, s_save, cancellationToken);
            return await ReadAsync(connection, CatalogQueries.Traceless, [], s_return, cancellationToken);
        }
        catch (Exception) when ((connection.FullState & ConnectionState.Open) != 0)
        {
            await ReturnAsync(connection);
            throw;
        }
    }

    /// <summary>A failed question must not fail the caller's transaction; when even this is refused, that transaction had failed before.</summary>
    private static async Task ReturnAsync(NpgsqlConnection connection)
    {
        try
        {
            await SendAsync(connection, s_return, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The first failure is the one to tell.
        }
    }

    private async Task<CatalogSnapshot> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Sql, bool TakesSchemas)> queries, string[] before, string[] after, CancellationToken cancellationToken)
    {
        await using var batch = Batch(connection, queries, before, after);
        // The driver knows those that are prepared already: then this asks nothing.
        if (Repeats) await batch.PrepareAsync(cancellationToken);

        var objects = new List<CatalogObject>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        // The settings answer first.
        while (await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) objects.Add(Read(reader));
        }

        return new CatalogSnapshot(objects);
    }

    private static async Task SendAsync(NpgsqlConnection connection, string[] statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlBatch Batch(NpgsqlConnection connection, IReadOnlyList<(string Sql, bool TakesSchemas)> queries, string[] before, string[] after)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in before) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(GivesWay ? GivingWay : Settings));
        foreach (var (sql, takesSchemas) in queries)
        {
            var query = new NpgsqlBatchCommand(sql);
            if (takesSchemas) query.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = selection.LeftOut });
            batch.BatchCommands.Add(query);
        }

        foreach (var statement in after) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        return batch;
    }

    private static CatalogObject Read(NpgsqlDataReader row)
    {
        var kind = row.GetString(0);
        return new CatalogObject(kind, MajorText.Unify(row.GetString(1)), Properties(kind, row.GetFieldValue<byte[]>(2)), row.IsDBNull(3) ? Nothing : Pairs(row.GetFieldValue<byte[]>(3)));
    }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new SortedDictionary<string, string>(StringComparer.Ordinal);

    private static SortedDictionary<string, string> Properties(string kind, byte[] json)
    {
        var properties = Pairs(json);
        foreach (var (name, value) in properties.ToArray())
        {
            var unified = MajorText.Unify(kind, name, value);
            if (!ReferenceEquals(unified, value)) properties[name] = unified;
        }

        return properties;
    }

    /// <summary>What is NULL is not there.</summary>
    private static SortedDictionary<string, string> Pairs(byte[] json)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            pairs[name] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        }

        return pairs;
    }
}
