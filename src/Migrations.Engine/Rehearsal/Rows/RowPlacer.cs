using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Fills the tables of a throw-away database with generated rows that satisfy their constraints: NULL, empty, Unicode and, when asked, the
/// largest and smallest values. The same schema gets the same rows.
/// </summary>
/// <remarks>
/// It works as a replica, so that triggers which are not ALWAYS stay silent. The server does not check foreign keys and deferrable keys
/// then: its statements do.
/// </remarks>
/// <param name="sampler">Copies masked rows of another database; what it cannot give is made up.</param>
internal sealed class RowPlacer(RowRange range = RowRange.Bounds, RowSampler? sampler = null)
{
    public const int Wanted = 24;

    private static readonly (int From, int To)[] s_candidates = [(1, RowStatementBuilder.InOrder), (RowStatementBuilder.InOrder + 1, 256), (257, 1024), (1025, 3000), (3001, 6000)];
    private static readonly (int From, int To)[] s_twice = [(1, 32), (33, 96), (97, 256), (257, 1024), (1025, 3000), (3001, 6000)];

    /// <summary>Adds rows in a transaction of its own; a table that has rows keeps them.</summary>
    /// <param name="session">A superuser's, outside a transaction.</param>
    /// <param name="withoutSchemas">Schemas that are left alone.</param>
    /// <returns>One for each ordinary table and leaf partition, in order of name.</returns>
    /// <exception cref="ServerException">The server refused something that has nothing to do with a row.</exception>
    public Task<IReadOnlyList<PlacedRows>> PlaceAsync(Session session, IReadOnlyCollection<string> withoutSchemas, int rowsPerTable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(withoutSchemas);
        return ServerCall.RunAsync(async () =>
        {
            var path = (string?)await AskAsync(session,
            [
                "begin",
                "set local session_replication_role = replica",
                "set local jit = off",
                "select pg_catalog.set_config('datestyle', 'ISO', true), pg_catalog.set_config('timezone', 'UTC', true), pg_catalog.set_config('intervalstyle', 'postgres', true)",
                "select pg_catalog.current_setting('search_path')",
                "set local search_path = ''",
            ], cancellationToken);
            try
            {
                var schema = await RowSchema.ReadAsync(session, withoutSchemas, cancellationToken);
                // What checks call may rely on the path that the session has.
                await AskAsync(session, [$"select pg_catalog.set_config('search_path', '{path!.Replace("'", "''", StringComparison.Ordinal)}', true)"], cancellationToken);
                var placed = await PlaceAsync(session, schema, withoutSchemas, rowsPerTable, cancellationToken);
                await AskAsync(session, ["commit"], cancellationToken);
                return placed;
            }
            catch when (!session.IsBroken)
            {
                await AskAsync(session, ["rollback"], CancellationToken.None);
                throw;
            }
        }, session.Secrets);
    }

    private async Task<IReadOnlyList<PlacedRows>> PlaceAsync(
        Session session, RowSchema schema, IReadOnlyCollection<string> withoutSchemas, int wanted, CancellationToken cancellationToken)
    {
        var sieve = new ValueSieve(session);
        var types = new RowPools(schema, sieve, range, session.Server.Encoding == "UTF8");
        var pools = new ColumnPools(schema, sieve, types);
        var order = PlacingOrder.Of(schema);
        var reasons = new Dictionary<RowTable, string>();
        var values = await pools.OfAsync(order.Tables, cancellationToken);
        var sample = sampler is null ? null : await sampler.ReadAsync(schema, order.Tables, values, types, withoutSchemas, wanted, cancellationToken);
        var notes = new Dictionary<RowTable, string>();
        foreach (var table in order.Tables)
        {
            var taken = 0;
            if (sample is not null)
            {
                var masked = sample[table.Oid];
                if (masked.Reason is null) taken = await new TableFill(session, schema, table, values[table], order.Late, masked.Values).TakeAsync(masked.Count, cancellationToken);
                if (masked.Reason is not null) notes[table] = $"no rows were sampled: {masked.Reason}; generated ones stand in";
                else if (taken < masked.Count) notes[table] = $"{masked.Count - taken} of {masked.Count} sampled rows did not satisfy its constraints once they were masked; generated ones stand in";
                if (taken >= wanted) continue;
            }

            var filled = await new TableFill(session, schema, table, values[table], order.Late).RunAsync(Candidates(schema, table), wanted - taken, cancellationToken);
            if (filled.Reason is not null) reasons[table] = filled.Reason;
        }

        await new CircleClosing(session, schema, order).RunAsync(reasons, cancellationToken);
        await AdvanceSequencesAsync(session, schema, cancellationToken);
        var counts = await CountAsync(session, order.Tables, cancellationToken);
        return [.. order.Tables.OrderBy(table => table.FullName, StringComparer.Ordinal)
            .Select(table => new PlacedRows(table.FullName, counts[table.FullName], counts[table.FullName] >= wanted ? notes.GetValueOrDefault(table) : reasons.GetValueOrDefault(table) ?? "rows without a parent were taken out again"))];
    }

    private static (int From, int To)[] Candidates(RowSchema schema, RowTable table) =>
        table.References.Exists(reference => PlacingOrder.IsSelf(schema, table, reference)) ? s_twice : s_candidates;

    /// <summary>Ahead of every row that exists; never back.</summary>
    private static async Task AdvanceSequencesAsync(Session session, RowSchema schema, CancellationToken cancellationToken)
    {
        var counted = schema.Tables.Values.Where(table => table.Oid == table.Root)
            .SelectMany(table => table.Columns.Where(column => column.Sequence is not null).Select(column => (Table: table, Column: column))).ToList();
        if (counted.Count == 0) return;
        await AskAsync(session, counted.Select(it =>
        {
            var (last, beyond) = it.Column.Increment > 0 ? ("max", ">") : ("min", "<");
            return $"""
                select pg_catalog.setval('{it.Column.Sequence!.Replace("'", "''", StringComparison.Ordinal)}', t.n::bigint)
                from (select pg_catalog.{last}({Identifier.Quote(it.Column.Name)}) as n from {it.Table.FullName}) as t, {it.Column.Sequence} as s
                where t.n between {it.Column.Least} and {it.Column.Most} and (t.n {beyond} s.last_value or (t.n = s.last_value and not s.is_called))
                """;
        }), cancellationToken);
    }

    private static async Task<Dictionary<string, long>> CountAsync(Session session, IReadOnlyList<RowTable> tables, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var table in tables) batch.BatchCommands.Add(Command($"select pg_catalog.count(*) from only {table.FullName}"));
        if (tables.Count == 0) return counts;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var table in tables)
        {
            await reader.ReadAsync(cancellationToken);
            counts[table.FullName] = reader.GetInt64(0);
            await reader.NextResultAsync(cancellationToken);
        }

        return counts;
    }

    /// <summary>Statements of one round trip, and the first value of the last row that came back.</summary>
    private static async Task<object?> AskAsync(Session session, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(Command(statement));
        object? answer = null;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken)) answer = reader.GetValue(0);
        }
        while (await reader.NextResultAsync(cancellationToken));
        return answer;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Names come quoted from the catalog.")]
    private static NpgsqlBatchCommand Command(string sql) => new(sql);
}
