using System.Globalization;
using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// Shares the pages of a table out to several streams. Only heaps have them: of a partitioned table each partition for itself. One that
/// is foreign, or that the role may not read by its own name, leaves the whole in one stream.
/// </summary>
internal static class PageRanges
{
    /// <summary>4 MB: what a stream reads ahead of its turn must fit into its buffer.</summary>
    private const long Pages = 512;

    public static async Task<IReadOnlyList<string>> ShareAsync(Session session, ExportSource source, ExportSelect select, CancellationToken cancellationToken)
    {
        // Read in the transaction that all streams share: pages that come later hold no row that it sees, but for the last range, which is open.
        const string sql = """
            with recursive tree as (
                select @oid::oid as oid, ''::text as path
                union all
                select i.inhrelid, tree.path || pg_catalog.lpad(i.inhseqno::text, 6, '0') || pg_catalog.lpad(i.inhrelid::text, 12, '0')
                from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid and not i.inhdetachpending)
            select n.nspname::text as "Schema", c.relname::text as "Name",
                   pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint as "Pages",
                   coalesce(a.amname = 'heap', false) and pg_catalog.has_table_privilege(c.oid, 'select') and not pg_catalog.row_security_active(c.oid) as "IsReadable"
            from tree
            join pg_catalog.pg_class c on c.oid = tree.oid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            left join pg_catalog.pg_am a on a.oid = c.relam
            where c.relkind <> 'p'
            order by tree.path collate "C"
            """;
        var heaps = (await ServerCall.RunAsync(() => session.Connection.QueryAsync<Heap>(
            new CommandDefinition(sql, new { oid = source.Relation!.Oid.ToString(CultureInfo.InvariantCulture) }, cancellationToken: cancellationToken)), session.Secrets)).AsList();
        return heaps.Count == 0 || heaps.Exists(heap => !heap.IsReadable) ? [select.Whole] : [.. heaps.SelectMany(heap => Of(heap, select))];
    }

    private static IEnumerable<string> Of(Heap heap, ExportSelect select)
    {
        var name = Identifier.Qualify(heap.Schema, heap.Name);
        for (var from = 0L; from == 0 || from < heap.Pages; from += Pages) yield return select.Pages(name, from, from + Pages < heap.Pages ? from + Pages : null);
    }

    private sealed record Heap(string Schema, string Name, long Pages, bool IsReadable);
}
