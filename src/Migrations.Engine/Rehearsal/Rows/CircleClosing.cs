using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Fills in the keys whose parents came after their tables, and takes out again what still has no parent: nobody else would notice.</summary>
internal sealed class CircleClosing(Session session, RowSchema schema, PlacingOrder order)
{
    public async Task RunAsync(Dictionary<RowTable, string> reasons, CancellationToken cancellationToken)
    {
        if (order.Late.Count == 0) return;
        foreach (var table in order.Tables)
        {
            foreach (var reference in table.References.Where(order.Late.Contains))
            {
                try
                {
                    await SendAsync(["savepoint migrations_circle", Fill(table, reference), "release savepoint migrations_circle"], cancellationToken);
                }
                catch (PostgresException refused)
                {
                    await SendAsync(["rollback to savepoint migrations_circle"], cancellationToken);
                    if (!PlacingOrder.MayBeNull(schema, table, reference)) reasons[table] = $"its key {reference.Name} could not be filled in: {refused.SqlState}: {refused.MessageText}";
                }
            }
        }

        // Each row that goes may leave others behind.
        while (await SendAsync([.. order.Tables.SelectMany(table => table.References.Select(reference => $"delete from only {table.FullName} as c where {Orphan(reference)}"))], cancellationToken) > 0)
        {
        }
    }

    private string Fill(RowTable table, RowReference reference)
    {
        var mayBeNull = PlacingOrder.MayBeNull(schema, table, reference);
        var parent = reference.ParentColumns.Select(Identifier.Quote).ToList();
        var child = reference.Columns.Select(Identifier.Quote).ToList();
        var open = mayBeNull ? $"({string.Join(" or ", child.Select(name => $"c.{name} is null"))})" : Orphan(reference);
        return $"""
            with p as (select pg_catalog.row_number() over (order by {string.Join(", ", parent)}) as "~n", pg_catalog.count(*) over () as "~all", {string.Join(", ", parent)} from {reference.From}),
                 o as (select c.ctid as "~row", pg_catalog.row_number() over (order by c.ctid) as "~n" from only {table.FullName} as c where {open})
            update only {table.FullName} as c set {string.Join(", ", child.Select((name, i) => $"{name} = p.{parent[i]}"))}
            from o join p on p."~n" = 1 + (o."~n" - 1) % p."~all"
            where c.ctid = o."~row"{(mayBeNull ? " and o.\"~n\" % 3 <> 0" : "")}
            """;
    }

    private static string Orphan(RowReference reference) =>
        $"{string.Join(" and ", reference.Columns.Select(name => $"c.{Identifier.Quote(name)} is not null"))} and not exists (select from {reference.From} as p where {string.Join(" and ", reference.Columns.Select((name, i) => $"p.{Identifier.Quote(reference.ParentColumns[i])} = c.{Identifier.Quote(name)}"))})";

    [SuppressMessage("Security", "CA2100", Justification = "Names come quoted from the catalog.")]
    private async Task<int> SendAsync(IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
