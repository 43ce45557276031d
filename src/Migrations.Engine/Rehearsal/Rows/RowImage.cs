using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// What the rows of every table and materialized view are at one moment, by name of table and column: where a column stands, which
/// partition a row is in and where a sequence stands are no part of it.
/// </summary>
internal sealed class RowImage
{
    /// <summary>Up to here each row is looked at; beyond it only sums are, which tell that and in which column, not in how many rows.</summary>
    public const int MostRows = 20_000;

    private const string Sql =
        """
        select c.oid::bigint as "Oid", pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "Name",
               c.relkind::text as "Kind", c.relispopulated as "IsPopulated",
               pg_catalog.array_agg(a.attname::text order by a.attname collate "C") filter (where a.attname is not null) as "ColumnNames",
               (select pg_catalog.array_agg(k.attname::text order by u.n)
                from pg_catalog.pg_index as i
                cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality as u(num, n)
                join pg_catalog.pg_attribute as k on k.attrelid = i.indrelid and k.attnum = u.num
                where i.indrelid = c.oid and i.indisprimary and u.n <= i.indnkeyatts) as "KeyNames"
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        left join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p', 'm') and not c.relispartition and c.relpersistence <> 't'
          and n.nspname <> all (@without) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        group by c.oid, n.nspname, c.relname, c.relkind, c.relispopulated
        order by 2;

        select pg_catalog.quote_ident(s.schemaname) || '.' || pg_catalog.quote_ident(s.sequencename) as "Name", s.last_value as "Value"
        from pg_catalog.pg_sequences as s
        where s.schemaname <> all (@without)
        order by 1;

        select array[pg_catalog.current_setting('datestyle'), pg_catalog.current_setting('timezone'), pg_catalog.current_setting('intervalstyle'),
                     pg_catalog.current_setting('extra_float_digits'), pg_catalog.current_setting('bytea_output'), pg_catalog.current_setting('xmloption'), pg_catalog.current_setting('jit')]
        """;

    private static readonly string[] s_settings = ["datestyle", "timezone", "intervalstyle", "extra_float_digits", "bytea_output", "xmloption", "jit"];
    private static readonly string[] s_canonical = ["ISO, YMD", "UTC", "postgres", "3", "hex", "content", "off"];

    private readonly Dictionary<string, TableImage> _tables;

    private RowImage(Dictionary<string, TableImage> tables, Dictionary<string, long?> sequences)
    {
        _tables = tables;
        Sequences = sequences;
    }

    /// <summary>Rows in each table and materialized view.</summary>
    public IReadOnlyDictionary<string, long> Counts => _tables.ToDictionary(table => table.Key, table => table.Value.Count);

    /// <summary>The last value that each sequence has given; null when it has given none. Not compared.</summary>
    public IReadOnlyDictionary<string, long?> Sequences { get; }

    /// <summary>Two round trips, a third when a table is large. Inside a transaction it leaves the settings as they were.</summary>
    /// <param name="session">A superuser's, or one that may read every row.</param>
    /// <exception cref="ServerException">The server refused to show a table.</exception>
    public static Task<RowImage> ReadAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(withoutSchemas);
        return ServerCall.RunAsync(() => ReadAllAsync(session, withoutSchemas, cancellationToken), session.Secrets);
    }

    /// <summary>What there was and is not any more, or not as it was. A table that only the later image has is no loss.</summary>
    public IReadOnlyList<RowLoss> LossTo(RowImage after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return [.. _tables.Values.OrderBy(table => table.Table, StringComparer.Ordinal).SelectMany(table => after._tables.TryGetValue(table.Table, out var now)
            ? table.LossTo(now)
            : [new RowLoss(table.Table, [], table.Count, 0, "The table is gone.")])];
    }

    private static async Task<RowImage> ReadAllAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken)
    {
        List<Relation> relations;
        Dictionary<string, long?> sequences;
        string[] settings;
        await using (var reader = await session.Connection.QueryMultipleAsync(new CommandDefinition(Sql, new { without = withoutSchemas.ToArray() }, cancellationToken: cancellationToken)))
        {
            relations = (await reader.ReadAsync<Relation>()).AsList();
            sequences = (await reader.ReadAsync<Position>()).ToDictionary(sequence => sequence.Name, sequence => sequence.Value);
            settings = await reader.ReadSingleAsync<string[]>();
        }

        var tables = new Dictionary<string, TableImage>(StringComparer.Ordinal);
        var readable = relations.FindAll(relation => relation.IsPopulated);
        foreach (var relation in relations.Where(relation => !relation.IsPopulated)) tables[relation.Name] = relation.Image(0, [], "", []);

        var large = new List<Relation>();
        await using (var batch = Batch(session, settings, readable.Select(EachRow)))
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            foreach (var relation in readable)
            {
                await reader.NextResultAsync(cancellationToken);
                var rows = new List<long[]>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    var row = new long[reader.FieldCount - 1];
                    for (var i = 0; i < row.Length; i++) row[i] = reader.GetInt64(i + 1);
                    rows.Add(row);
                }

                if (rows.Count > MostRows) large.Add(relation);
                else tables[relation.Name] = relation.Image(rows.Count, rows, "", []);
            }
        }

        if (large.Count == 0) return new(tables, sequences);
        await using (var batch = Batch(session, settings, large.Select(Sums)))
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            foreach (var relation in large)
            {
                await reader.NextResultAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                tables[relation.Name] = relation.Image(reader.GetInt64(0), null, reader.GetString(1), [.. Enumerable.Range(2, reader.FieldCount - 2).Select(reader.GetString)]);
            }
        }

        return new(tables, sequences);
    }

    /// <summary>
    /// One message is one transaction, so what is set for the transaction lasts to its end also where nobody began one; in an open
    /// transaction it is set back.
    /// </summary>
    [SuppressMessage("Security", "CA2100", Justification = "Names come quoted from the catalog.")]
    private static NpgsqlBatch Batch(Session session, string[] settings, IEnumerable<string> queries)
    {
        var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(Set(s_canonical));
        foreach (var query in queries) batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        batch.BatchCommands.Add(Set(settings));
        return batch;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Values go as parameters.")]
    private static NpgsqlBatchCommand Set(string[] values)
    {
        var command = new NpgsqlBatchCommand("select " + string.Join(", ", s_settings.Select((name, i) => $"pg_catalog.set_config('{name}', ${i + 1}, true)")));
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        return command;
    }

    private static string EachRow(Relation relation) =>
        $"select 0::bigint{string.Concat(relation.Columns.Select(column => ", " + Hash(column)))} from {relation.From} as t limit {MostRows + 1}";

    private static string Sums(Relation relation)
    {
        var key = relation.Key.Length > 0 ? relation.Key : relation.Columns;
        var keyHash = string.Join(" # ", key.Select((column, i) => $"pg_catalog.hashint8extended({Hash(column)}, {i + 1})").DefaultIfEmpty("0::bigint"));
        // Without a key a value is counted by itself: rows have no names.
        var columns = relation.Columns.Select(column => relation.Key.Length > 0
            ? $"pg_catalog.hashint8extended({Hash(column)}, {keyHash})"
            : Hash(column));
        return $"select pg_catalog.count(*)::bigint, {string.Join(", ", columns.Prepend(keyHash).Select(hash => $"coalesce(pg_catalog.sum(({hash})::numeric), 0)::text"))} from {relation.From} as t";
    }

    private static string Hash(string column) =>
        string.Create(CultureInfo.InvariantCulture, $"coalesce(pg_catalog.hashtextextended((t.{Identifier.Quote(column)}::text) collate \"C\", 7), 0)");

    private sealed record Relation
    {
        public required long Oid { get; init; }

        public required string Name { get; init; }

        public required string Kind { get; init; }

        public required bool IsPopulated { get; init; }

        public string[]? ColumnNames { get; init; }

        public string[]? KeyNames { get; init; }

        public string[] Columns => ColumnNames ?? [];

        public string[] Key => KeyNames ?? [];

        public string From => Kind == "r" ? $"only {Name}" : Name;

        public TableImage Image(long count, IReadOnlyList<long[]>? rows, string keySum, string[] sums) =>
            new(Name, IsPopulated, Columns, [.. Key.Select(column => Array.IndexOf(Columns, column))], count, rows, keySum, sums);
    }

    private sealed record Position(string Name, long? Value);
}
