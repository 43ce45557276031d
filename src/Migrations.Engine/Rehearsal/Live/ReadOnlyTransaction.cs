using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>A look at the target: read-only by the server's own word, bounded in time, names of the catalog first. It ends with a rollback.</summary>
internal sealed class ReadOnlyTransaction(Session session) : IAsyncDisposable
{
    [SuppressMessage("Security", "CA2100", Justification = "A constant of the caller.")]
    [SuppressMessage("Design", "CA1068", Justification = "Only one caller begins in another way.")]
    public static async Task<ReadOnlyTransaction> BeginAsync(Session session, TimeSpan timeout, TimeSpan lockTimeout, CancellationToken cancellationToken, string begin = "begin read only")
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(begin));
        var settings = new NpgsqlBatchCommand(
            """
            select pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true), pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
                   pg_catalog.set_config('row_security', 'off', true), pg_catalog.set_config('jit', 'off', true)
            """);
        // At least a millisecond: zero would be for ever.
        foreach (var limit in new[] { timeout, lockTimeout }) settings.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Math.Max((long)limit.TotalMilliseconds, 1).ToString(CultureInfo.InvariantCulture) });
        batch.BatchCommands.Add(settings);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return new ReadOnlyTransaction(session);
    }

    public async ValueTask DisposeAsync()
    {
        if (session.IsBroken) return;
        try
        {
            await using var batch = new NpgsqlBatch(session.Connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("rollback"));
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException) when (session.IsBroken)
        {
            // Then the server has rolled back; what was asked must not be lost for it.
        }
    }
}
