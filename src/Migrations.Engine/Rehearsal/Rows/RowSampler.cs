using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Copies rows of another database, masked: texts letter for letter, numbers and dates shifted, documents leaf by leaf, everything of another
/// type replaced. Keys that mean nothing (numbers, UUIDs), labels, booleans and words that the schema itself holds stay. No value is ever written anywhere but into the throw-away database.
/// </summary>
/// <param name="database">Only read, in a session that is open for no longer than that takes.</param>
/// <param name="timeout">For one statement there.</param>
internal sealed class RowSampler(Database database, TimeSpan timeout)
{
    private readonly ValueMask _mask = new();

    public async Task<IReadOnlyDictionary<long, MaskedRows>> ReadAsync(
        RowSchema schema, IReadOnlyList<RowTable> tables, IReadOnlyDictionary<RowTable, IReadOnlyDictionary<string, string[]>> pools, RowPools types,
        IReadOnlyCollection<string> withoutSchemas, int rowsPerTable, CancellationToken cancellationToken)
    {
        Dictionary<long, SampledTable> sampled;
        try
        {
            await using var source = await database.OpenAsync(cancellationToken);
            sampled = await ServerCall.RunAsync(() => new SourceReader(source, rowsPerTable, timeout).ReadAsync(schema, tables, withoutSchemas, cancellationToken), source.Secrets);
        }
        catch (Exception lost) when (lost is ConnectionFailedException or EngineException { ErrorId: "ConnectionLost" })
        {
            return tables.ToDictionary(table => table.Oid, _ => new MaskedRows(new Dictionary<string, string?[]>(), 0, $"the source could not be asked ({lost.Message})"));
        }

        var referred = schema.Tables.Values.SelectMany(table => table.References)
            .SelectMany(reference => schema.LeavesOf(reference.Parent).SelectMany(leaf => reference.ParentColumns.Select(column => (leaf.Oid, column)))).ToHashSet();
        return sampled.ToDictionary(pair => pair.Key, pair => new MaskedRows(
            pair.Value.Columns.Select((column, i) => (column.Name, Values: pair.Value.Rows.Select(row => Masked(schema, types, pair.Value.Table, column, referred, pools[pair.Value.Table], row[i])).ToArray()))
                .ToDictionary(column => column.Name, column => column.Values),
            pair.Value.Rows.Count, pair.Value.Reason ?? (pair.Value.Rows.Count == 0 ? "the source holds none" : null)));
    }

    private string? Masked(
        RowSchema schema, RowPools types, RowTable table, RowColumn column, HashSet<(long, string)> referred, IReadOnlyDictionary<string, string[]> pools, string? value)
    {
        if (value is null || IsWordOfTheSchema(schema, table, column, value)) return value;
        var isKey = referred.Contains((table.Oid, column.Name)) || table.References.Exists(reference => reference.Columns.Contains(column.Name)) || table.Keys.Exists(key => key.Columns.Contains(column.Name));
        var isBound = table.Bound is not null && new ServerExpression(table.Bound).ColumnsOf([column.Name]).Count > 0;
        var type = types.BaseOf(column.Type);
        return (type.Name, type.Category) switch
        {
            (_, "E" or "B") => value,
            ("money", _) => Other(),
            (_, "N") => isKey || isBound || column.Sequence is not null ? value : _mask.Number(value),
            ("uuid", _) => isKey ? value : _mask.Uuid(value),
            (_, "S") => _mask.Text(value),
            ("date" or "timestamp" or "timestamptz", _) => isBound ? value : _mask.Moment(value),
            ("json" or "jsonb", _) => _mask.Json(value),
            ("bytea", _) => _mask.Bytes(value),
            _ => Other(),
        };

        string? Other() => pools.GetValueOrDefault(column.Name) is { Length: > 0 } pool ? _mask.OneOf(value, pool) : null;
    }

    /// <summary>A constant of a check or of a partition's bound is nobody's secret, and masked it would be refused.</summary>
    private static bool IsWordOfTheSchema(RowSchema schema, RowTable table, RowColumn column, string value)
    {
        var checks = table.Checks.Select(check => check.Expression).Append(table.Bound).OfType<string>().Where(text => new ServerExpression(text).ColumnsOf([column.Name]).Count > 0);
        for (var type = schema.Types.GetValueOrDefault(column.Type); type is { Form: "d" }; type = schema.Types.GetValueOrDefault(type.Base)) checks = checks.Concat(type.Checks);
        return checks.Any(text => new ServerExpression(text).Strings.Contains(value));
    }
}
