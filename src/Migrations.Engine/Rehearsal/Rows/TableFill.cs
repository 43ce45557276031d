using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Fills one table, inside the transaction of all.</summary>
internal sealed class TableFill(Session session, RowSchema schema, RowTable table, IReadOnlyDictionary<string, string[]> pools, IReadOnlySet<RowReference> late, IReadOnlyDictionary<string, string?[]>? given = null)
{
    /// <summary>How many candidates are tried one by one when the server refuses them together.</summary>
    private const int Singly = 48;

    private const int Spare = 24;

    private RowStatement _statement = new RowStatementBuilder(schema, table, pools, late, given).Build(derives: true);
    private string? _refusal;

    /// <returns>Why it holds fewer rows than were wanted.</returns>
    public async Task<(int Rows, string? Reason)> RunAsync((int From, int To)[] candidates, int wanted, CancellationToken cancellationToken)
    {
        var rows = await RangesAsync(candidates, wanted, cancellationToken);
        // What a check makes a column equal to may be more than the column can hold.
        if (rows == 0 && _refusal is not null && _statement.Derives)
        {
            _statement = new RowStatementBuilder(schema, table, pools, late, given).Build(derives: false);
            rows = await RangesAsync(candidates, wanted, cancellationToken);
        }

        if (rows >= wanted) return (rows, null);
        var reason = table.References.Find(reference => !late.Contains(reference) && !PlacingOrder.MayBeNull(schema, table, reference)) is { } reference && await IsEmptyAsync(reference, cancellationToken)
            ? $"its key {reference.Name} refers to {reference.ParentName}, which has no rows"
            : _refusal ?? await RefusalAsync(cancellationToken) ?? "no values were found that all its constraints let through";
        return (rows, $"{rows} rows could be added: {reason}");
    }

    /// <summary>Inserts those of the given rows that its constraints let through.</summary>
    public async Task<int> TakeAsync(int count, CancellationToken cancellationToken)
    {
        var rows = 0;
        // By and by: who refers to a row of the same table may come before it.
        for (var round = 0; round < 5; round++)
        {
            var more = 0;
            for (var from = 1; from <= count; from += Singly) more += await InsertAsync(from, Math.Min(from + Singly - 1, count), Singly, cancellationToken);
            rows += more;
            if (more == 0 || rows >= count || !table.References.Exists(reference => PlacingOrder.IsSelf(schema, table, reference))) break;
        }

        return rows;
    }

    private async Task<int> RangesAsync((int From, int To)[] candidates, int wanted, CancellationToken cancellationToken)
    {
        var rows = 0;
        for (var i = 0; i < candidates.Length && rows < wanted; i++)
        {
            // Rows that refer to rows of their own table need some that are there already. Later rounds take more than are
            // missing: those that are in each other's way count as well.
            var limit = candidates[0].To < RowStatementBuilder.InOrder && i == 0 ? (wanted + 1) / 2 : wanted - rows + (Spare * i);
            var more = await InsertAsync(candidates[i].From, candidates[i].To, limit, cancellationToken);
            rows += more;
            // Half is there and a hundred others brought nothing: a key has no more values.
            if (more == 0 && rows * 2 >= wanted && candidates[i].To - candidates[i].From > 100) break;
            if (_refusal is not null && rows == 0) break;
        }

        return rows;
    }

    private async Task<int> InsertAsync(int from, int to, int limit, CancellationToken cancellationToken)
    {
        if (limit <= 0) return 0;
        try
        {
            return await SendAsync(_statement.Sql, from, to, limit, "release savepoint migrations_rows", cancellationToken);
        }
        catch (PostgresException refused)
        {
            await BackAsync(cancellationToken);
            _refusal = Words(refused);
            if (from == to) return 0;
            to = Math.Min(to, from + Singly - 1);
            var middle = from + ((to - from) / 2);
            var first = await InsertAsync(from, middle, limit, cancellationToken);
            return first + await InsertAsync(middle + 1, to, limit - first, cancellationToken);
        }
    }

    /// <summary>What the server says of a row that was not asked for beforehand.</summary>
    private async Task<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        for (var candidate = 6001; candidate < 6009; candidate++)
        {
            try
            {
                await SendAsync(_statement.Unfiltered, candidate, candidate, 1, "rollback to savepoint migrations_rows", cancellationToken);
            }
            catch (PostgresException refused)
            {
                await BackAsync(cancellationToken);
                return Words(refused);
            }
        }

        return null;
    }

    private static string Words(PostgresException refused) => $"{refused.SqlState}: {refused.MessageText}";

    private async Task<bool> IsEmptyAsync(RowReference reference, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(Command($"select not exists (select from {reference.From})"));
        return await batch.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task BackAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(Command("rollback to savepoint migrations_rows"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> SendAsync(string sql, int from, int to, int limit, string end, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(Command("savepoint migrations_rows"));
        var insert = Command(sql);
        foreach (var number in new[] { from, to, limit }) insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        foreach (var pool in _statement.Pools) insert.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = pool });
        batch.BatchCommands.Add(insert);
        batch.BatchCommands.Add(Command(end));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)insert.RecordsAffected;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Names come quoted from the catalog, values as parameters.")]
    private static NpgsqlBatchCommand Command(string sql) => new(sql);
}
