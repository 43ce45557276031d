using System.Data;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>Asks the catalog what a name or a query means.</summary>
internal sealed class ExportSources(Session session, ExportRequest request)
{
    /// <exception cref="EngineException">TableNotFound, ExportColumnUnknown, ExportNoColumn.</exception>
    public async Task<ExportSource> OfTableAsync(string given, CancellationToken cancellationToken)
    {
        const string facts = """
            select c.relhassubclass as "HasChildren", pg_catalog.row_security_active(c.oid) as "IsFiltered",
                   (with recursive tree as (select c.oid as oid
                                            union all
                                            select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid and not i.inhdetachpending)
                    select pg_catalog.sum(case when l.reltuples < 0 then null else l.reltuples::bigint end)::bigint
                    from tree join pg_catalog.pg_class l on l.oid = tree.oid and l.relkind in ('r', 'm', 'f')) as "Rows"
            from pg_catalog.pg_class c
            where c.oid = @oid
            """;
        const string columns = """
            select a.attname::text as "Name", pg_catalog.format_type(a.atttypid, a.atttypmod) as "Type", coalesce(b.typname, t.typname)::text as "BaseType",
                   t.typcategory::text as "Category", a.attgenerated <> '' as "IsGenerated"
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_type t on t.oid = a.atttypid
            left join pg_catalog.pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
            where a.attrelid = @oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;
        var relation = await RelationName.ResolveAsync(session, given, cancellationToken);
        var arguments = new { oid = (long)relation.Oid };
        var fact = await AskAsync(() => session.Connection.QuerySingleAsync<Fact>(new CommandDefinition(facts, arguments, cancellationToken: cancellationToken)));
        var all = (await AskAsync(() => session.Connection.QueryAsync<ColumnRow>(new CommandDefinition(columns, arguments, cancellationToken: cancellationToken))))
            .Select(row => new ExportColumn(row.Name, row.Type, row.BaseType, row.Category[0], row.IsGenerated)).ToList();
        var chosen = request.Columns is { } wanted ? [.. wanted.Select(name => Find(name, all, relation))] : all.Where(column => !column.IsGenerated).ToList();
        if (chosen.Count == 0)
        {
            throw new EngineException("ExportNoColumn", FailureKind.InvalidInput, $"{relation} has no column that could be imported again. Nothing was written.",
                "Name generated columns with -Column.", relation.ToString());
        }

        return new ExportSource(given, relation, null, chosen, relation.Kind == 'r' && !fact.HasChildren && !fact.IsFiltered, fact.IsFiltered, request.Where is null ? fact.Rows : null);
    }

    /// <exception cref="EngineException">ExportSqlInvalid, ExportParameterInvalid, ServerError.</exception>
    public async Task<ExportSource> OfQueryAsync(string query, CancellationToken cancellationToken)
    {
        var closed = SqlFragment.Closed(query, "The query", session.Server.StandardConformingStrings);
        if (!SqlFragment.BeginsWith(closed, ["select", "with", "values", "table", "("]))
        {
            throw new EngineException("ExportSqlInvalid", FailureKind.InvalidInput, "The query is no SELECT, WITH, VALUES or TABLE. Nothing was written, and nothing was changed.",
                "An export only reads. Put what changes the database into a script (New-Migration).", query);
        }

        var bound = await QueryParameters.BindAsync(session, closed, request.Parameters, cancellationToken);
        var described = await AskAsync(() => DescribeAsync(bound, cancellationToken));
        if (described.Count == 0) throw new EngineException("ExportSqlInvalid", FailureKind.InvalidInput, "The query returns no columns. Nothing was written.", "Give one that does.", query);
        return new ExportSource("query", null, bound, described, IsAlone: false, IsFiltered: false, EstimatedRows: null);
    }

    /// <summary>The server describes it and does not run it.</summary>
    private async Task<IReadOnlyList<ExportColumn>> DescribeAsync(string query, CancellationToken cancellationToken)
    {
        var columns = new List<(string Name, uint Oid)>();
        await using (var batch = new NpgsqlBatch(session.Connection))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
            await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
            for (var i = 0; i < reader.FieldCount; i++) columns.Add((reader.GetName(i), reader.GetDataTypeOID(i)));
        }

        const string sql = """
            select t.oid::bigint as "Oid", pg_catalog.format_type(t.oid, null) as "Type", coalesce(b.typname, t.typname)::text as "BaseType", t.typcategory::text as "Category"
            from pg_catalog.pg_type t left join pg_catalog.pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
            where t.oid = any(@oids)
            """;
        var oids = columns.Select(column => (long)column.Oid).Distinct().ToArray();
        var types = (await session.Connection.QueryAsync<TypeRow>(new CommandDefinition(sql, new { oids }, cancellationToken: cancellationToken))).ToDictionary(type => type.Oid);
        return [.. columns.Select(column => (column.Name, Row: types[column.Oid])).Select(c => new ExportColumn(c.Name, c.Row.Type, c.Row.BaseType, c.Row.Category[0], false))];
    }

    private static ExportColumn Find(string name, List<ExportColumn> columns, RelationName relation)
    {
        if (columns.Find(column => column.Name == name) is { } exact) return exact;
        return columns.FindAll(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) is [var only]
            ? only
            : throw new EngineException("ExportColumnUnknown", FailureKind.NotFound,
                $"{relation} has no column {name}.{NearestName.Suggest(name, columns.Select(column => column.Name))} Nothing was written.",
                $"It has: {string.Join(", ", columns.Select(column => column.Name))}.", name);
    }

    private Task<T> AskAsync<T>(Func<Task<T>> question) => ServerCall.RunAsync(question, session.Secrets);

    private sealed record Fact(bool HasChildren, bool IsFiltered, long? Rows);

    private sealed record ColumnRow(string Name, string Type, string BaseType, string Category, bool IsGenerated);

    private sealed record TypeRow(long Oid, string Type, string BaseType, string Category);
}
