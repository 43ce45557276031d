using System.Runtime.CompilerServices;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Rows of one query, in a transaction that the server itself keeps read-only.</summary>
public sealed class ReadOnlyQuery(Database database)
{
    private const string OnlyReads = "A query only reads here. Put what changes the database into a script (New-Migration), so that it is planned, recorded and can be undone.";

    /// <param name="sql">One statement; <c>$1</c>, <c>$2</c> stand for the parameters.</param>
    /// <param name="timeout">statement_timeout; zero for none.</param>
    /// <returns>A row as its columns in order. Two columns of one name are told apart by a number (<c>count</c>, <c>count_2</c>).</returns>
    /// <exception cref="ServerException">The server refused the statement; 25006 when it tried to write.</exception>
    public async IAsyncEnumerable<IReadOnlyList<KeyValuePair<string, object?>>> RunAsync(
        string sql, IReadOnlyList<object?> parameters, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        await using var session = await database.OpenAsync(loadsTypes: true, cancellationToken);
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin read only"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"set local statement_timeout = {(long)timeout.TotalMilliseconds}"));
        var query = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) query.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        batch.BatchCommands.Add(query);

        var reader = await Guarded(() => batch.ExecuteReaderAsync(cancellationToken));
        var atEnd = false;
        try
        {
            var names = Names(reader);
            while (await Guarded(() => reader.ReadAsync(cancellationToken)))
            {
                var row = new KeyValuePair<string, object?>[names.Count];
                for (var i = 0; i < row.Length; i++) row[i] = new(names[i], reader.IsDBNull(i) ? null : reader.GetValue(i));
                yield return row;
            }

            atEnd = true;
        }
        finally
        {
            // A reader that is disposed early reads all rows that are left: whoever took the first of a billion would wait for the rest.
            // Closing the session ends the query on the server instead.
            if (atEnd) await reader.DisposeAsync();
            else await session.DisposeAsync();
        }
    }

    private Task<T> Guarded<T>(Func<Task<T>> read) => ServerCall.RunAsync(read, database.Secrets, state => state == PostgresErrorCodes.ReadOnlySqlTransaction ? OnlyReads : null);

    private static List<string> Names(NpgsqlDataReader reader)
    {
        var names = new List<string>(reader.FieldCount);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            var name = reader.GetName(i);
            for (var n = 2; names.Contains(name, StringComparer.OrdinalIgnoreCase); n++) name = $"{reader.GetName(i)}_{n}";
            names.Add(name);
        }

        return names;
    }
}
