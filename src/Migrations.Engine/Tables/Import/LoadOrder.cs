using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Tables that others refer to come first. Where they refer to each other in a circle, it takes a deferrable key and the order of the names stays.</summary>
internal static class LoadOrder
{
    public static async Task<IReadOnlyList<ImportPlan>> SortAsync(Session session, IReadOnlyList<ImportPlan> plans, CancellationToken cancellationToken)
    {
        if (plans.Count < 2) return plans;
        const string sql = """
            select k.conrelid::pg_catalog.int8 as "Child", k.confrelid::pg_catalog.int8 as "Parent" from pg_catalog.pg_constraint k
            where k.contype = 'f' and k.conrelid <> k.confrelid and k.conrelid = any (@tables::pg_catalog.oid[]) and k.confrelid = any (@tables::pg_catalog.oid[])
            """;
        var tables = plans.Select(plan => (long)plan.Into.Name.Oid).Distinct().ToArray();
        var references = (await ServerCall.RunAsync(() => session.Connection.QueryAsync<Reference>(
            new CommandDefinition(sql, new { tables }, cancellationToken: cancellationToken)), session.Secrets)).ToLookup(reference => reference.Child, reference => reference.Parent);
        var sorted = new List<ImportPlan>();
        var seen = new HashSet<long>();
        foreach (var plan in plans) Visit(plan.Into.Name.Oid);
        return sorted;

        void Visit(long table)
        {
            if (!seen.Add(table)) return;
            foreach (var parent in references[table].Order()) Visit(parent);
            sorted.AddRange(plans.Where(plan => plan.Into.Name.Oid == table));
        }
    }

    private sealed record Reference(long Child, long Parent);
}
