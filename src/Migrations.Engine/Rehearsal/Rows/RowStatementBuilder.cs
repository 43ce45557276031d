using System.Globalization;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Writes the statement that fills one table.</summary>
/// <param name="given">Values that stand for the pools, one for each candidate, keys of parents included.</param>
/// <param name="late">Keys that are filled in later.</param>
internal sealed class RowStatementBuilder(RowSchema schema, RowTable table, IReadOnlyDictionary<string, string[]> pools, IReadOnlySet<RowReference> late, IReadOnlyDictionary<string, string?[]>? given = null)
{
    /// <summary>Candidates up to here go through the pools in order, so that each value is met; from there on they mix.</summary>
    public const int InOrder = 64;

    /// <summary>The number of a candidate, under a name that no column has.</summary>
    private const string Candidate = "\"~candidate of migrations\"";

    private readonly List<string?[]> _parameters = [];
    private readonly List<string> _sources = [];
    private readonly List<string> _joins = [];
    private readonly List<string> _filters = [];
    private int _seed;

    public RowStatement Build(bool derives)
    {
        var names = table.Columns.ConvertAll(column => column.Name);
        var stored = table.Columns.Where(column => column.Generated is null).ToList();
        var ready = table.References.Where(reference => !late.Contains(reference)).ToList();
        var referring = ready.SelectMany(reference => reference.Columns).ToHashSet(StringComparer.Ordinal);
        var equations = derives ? Equations(names, referring) : [];

        var drawn = stored.Where(column => !equations.ContainsKey(column.Name)).ToDictionary(column => column.Name, Drawn);
        var typed = table.Columns.ToDictionary(column => column.Name, column => column.TypeName);
        var values = given is null ? References(ready, drawn, typed) : [];
        if (given is not null) _filters.AddRange(ready.Select(reference => Holds(reference, [.. reference.ParentColumns.Select(Identifier.Quote)], [.. reference.Columns.Select(Identifier.Quote)], PlacingOrder.IsSelf(schema, table, reference))));
        foreach (var (name, value) in drawn) values.TryAdd(name, value);

        var inner = $"""
            select {Candidate}, {string.Join(", ", values.Select(pair => $"({pair.Value})::{typed[pair.Key]} as {Identifier.Quote(pair.Key)}").DefaultIfEmpty("null as \"~none\""))}
            from pg_catalog.generate_series($1::int, $2::int) as g({Candidate})
            {string.Join('\n', _joins)}
            offset 0
            """;
        var middle = Layer(inner, "~w", equations.Select(pair => (pair.Key, $"({pair.Value})::{typed[pair.Key]}")));
        var asked = table.Checks.Select(check => check.Expression).Append(table.Bound).OfType<string>().SelectMany(text => new ServerExpression(text).ColumnsOf(names))
            .Concat(table.Keys.SelectMany(key => key.Columns)).ToHashSet(StringComparer.Ordinal);
        var generated = Layer(middle, "~e", table.Columns.Where(column => column.Generated is not null && asked.Contains(column.Name)).Select(column => (column.Name, $"({column.Generated})::{column.TypeName}")));

        foreach (var column in stored.Where(schema.IsNeverNull)) _filters.Add($"{Identifier.Quote(column.Name)} is not null");
        foreach (var check in table.Checks) _filters.Add($"({check.Expression}) is not false");
        if (table.Bound is not null) _filters.Add($"({table.Bound}) is not false");
        // ON CONFLICT would do, but what it leaves out has counted towards the limit.
        foreach (var key in PlainKeys()) _filters.Add($"not exists (select from (select {string.Join(", ", key.Columns.Select((column, i) => $"{Identifier.Quote(column!)} as \"~x{i}\""))} offset 0) as r, only {table.FullName} as o where {string.Join(" and ", key.Columns.Select((column, i) => $"o.{Identifier.Quote(column!)} = r.\"~x{i}\""))})");

        var with = _sources.Count == 0 ? "" : $"with {string.Join(",\n", _sources)}\n";
        var columns = string.Join(", ", stored.Select(column => Identifier.Quote(column.Name)));
        // Without a column of its own a table still holds rows.
        var insert = stored.Count == 0 ? $"insert into {table.FullName}\nselect" : $"insert into {table.FullName} ({columns}) overriding system value\nselect {columns}";
        var from = $"from ({generated}) as {Identifier.Quote(table.Name)}";
        var filter = _filters.Count == 0 ? "" : $"where {string.Join("\n  and ", _filters)}";
        var deferrable = table.Keys.Where(key => key.IsDeferrable).ToList();
        var sql = deferrable.Count == 0
            ? $"{with}{insert}\n{from}\n{filter}\norder by {Candidate} limit $3\non conflict do nothing"
            : $"{with}{insert}\nfrom (select *{Ranks()} {from}\n{filter}) as \"~r\"\nwhere {FirstOfItsKey()}\norder by {Candidate} limit $3";
        return new RowStatement(sql, $"{with}{insert}\n{from}\norder by {Candidate} limit $3", _parameters, equations.Count > 0);

        // ON CONFLICT refuses a deferrable key, and its trigger does not fire for a replica.
        string Ranks() => string.Concat(PlainKeys().Select((key, i) => $", pg_catalog.row_number() over (partition by {Names(key.Columns!)} order by {Candidate}) as \"~k{i}\""));

        string FirstOfItsKey() => string.Join("\n  and ", PlainKeys().Select((key, i) =>
            $"(\"~k{i}\" = 1 or {string.Join(" or ", key.Columns.Select(column => $"{Identifier.Quote(column!)} is null"))})"));

        List<RowKey> PlainKeys() => table.Keys.FindAll(key => !key.IsExclusion && !key.IsPartial && key.Columns.All(column => column is not null));
    }

    private static string Layer(string inner, string alias, IEnumerable<(string Name, string Expression)> added)
    {
        var list = added.Select(column => $"{column.Expression} as {Identifier.Quote(column.Name)}").ToList();
        return list.Count == 0 ? inner : $"select {Identifier.Quote(alias)}.*, {string.Join(", ", list)} from ({inner}) as {Identifier.Quote(alias)} offset 0";
    }

    private Dictionary<string, string> Equations(List<string> names, HashSet<string> referring)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var free = table.Columns.Where(column => column.Generated is null && column.Sequence is null && !referring.Contains(column.Name)).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var part in table.Checks.SelectMany(check => new ServerExpression(check.Expression).Conjuncts()))
        {
            if (part.Equation(names) is not { } equation || !free.Contains(equation.Column)) continue;
            // Two equations that read each other have no first.
            if (new ServerExpression(equation.Value).ColumnsOf(found.Keys.Append(equation.Column)).Count > 0) continue;
            if (found.Values.Any(value => new ServerExpression(value).ColumnsOf([equation.Column]).Count > 0)) continue;
            found.TryAdd(equation.Column, equation.Value);
        }

        return found;
    }

    private Dictionary<string, string> References(List<RowReference> ready, Dictionary<string, string> drawn, Dictionary<string, string> typed)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reference in ready)
        {
            var j = _joins.Count;
            var mayBeNull = PlacingOrder.MayBeNull(schema, table, reference);
            var isSelf = PlacingOrder.IsSelf(schema, table, reference);
            var isKey = table.Keys.Exists(key => !key.IsPartial && !key.IsExclusion && key.Columns.All(column => column is not null && reference.Columns.Contains(column)));
            var parent = reference.ParentColumns.Select(Identifier.Quote).ToList();
            var child = reference.Columns.Select(Identifier.Quote).ToList();
            var unused = isKey ? $" and not exists (select from {table.FullName} as c where {string.Join(" and ", child.Select((name, i) => $"c.{name} = p.{parent[i]}"))})" : "";
            _sources.Add(
                $"""
                "~f{j}" as materialized (
                    select pg_catalog.row_number() over (order by {Numbers(parent.Count, "\"~c{0}\"")}) as "~n", x.*
                    from (select {string.Join(", ", parent.Select((name, i) => $"p.{name} as \"~c{i}\""))} from {reference.From} as p
                          where {string.Join(" and ", parent.Select(name => $"p.{name} is not null"))}{unused}
                          order by {Numbers(parent.Count, "{0} desc", 1)} limit {InOrder}) as x)
                """);

            // A column that another key has filled already narrows the choice.
            var shared = reference.Columns.Select((name, i) => (Name: name, Index: i)).Where(column => values.ContainsKey(column.Name))
                .Select(column => $"(coalesce({string.Join(", ", values[column.Name])}) is null or p.\"~c{column.Index}\" = coalesce({string.Join(", ", values[column.Name])}))").ToList();
            var choice = isKey && shared.Count == 0
                ? $"where p.\"~n\" = 1 + ({Candidate} - 1) % (select pg_catalog.count(*) from \"~f{j}\")"
                : $"{(shared.Count > 0 ? $"where {string.Join(" and ", shared)} " : "")}order by {Hash("p.\"~n\"::int", Candidate)} limit 1";
            _joins.Add($"left join lateral (select p.* from \"~f{j}\" as p {choice}) as \"~j{j}\" on {(mayBeNull ? $"({Hash(Candidate, Seed())} & 3) <> 0" : "true")}");

            foreach (var (name, i) in reference.Columns.Select((name, i) => (name, i)))
            {
                if (!values.TryGetValue(name, out var sources)) values[name] = sources = [];
                sources.Add($"\"~j{j}\".\"~c{i}\"");
                var column = table.Columns.Find(found => found.Name == name)!;
                // The column stands also where this key is NULL, or where a row can only refer to itself.
                if (schema.IsNeverNull(column) && mayBeNull) open.Add(name);
                if (isSelf && !mayBeNull && drawn.TryGetValue(reference.ParentColumns[i], out var own)) sources.Add($"({own})::{typed[name]}");
            }

            _filters.Add(Holds(reference, parent, child, isSelf));
        }

        return values.ToDictionary(pair => pair.Key, pair => $"coalesce({string.Join(", ", open.Contains(pair.Key) && drawn.TryGetValue(pair.Key, out var other) ? pair.Value.Append($"({other})::{typed[pair.Key]}") : pair.Value)})");
    }

    private static string Holds(RowReference reference, List<string> parent, List<string> child, bool isSelf)
    {
        var none = string.Join(reference.IsFull ? " and " : " or ", child.Select(name => $"{name} is null"));
        var self = isSelf ? $" or ({string.Join(" and ", child.Select((name, i) => $"{name} = {parent[i]}"))})" : "";
        // In the subquery the parent's columns would hide the row's own: they are handed in under other names.
        var row = string.Join(", ", child.Select((name, i) => $"{name} as \"~x{i}\""));
        return $"({none}{self} or exists (select from (select {row} offset 0) as r, {reference.From} as p where {string.Join(" and ", parent.Select((name, i) => $"p.{name} = r.\"~x{i}\""))}))";
    }

    private string Drawn(RowColumn column)
    {
        if (given?.GetValueOrDefault(column.Name) is { } list)
        {
            _parameters.Add(list);
            return $"(${_parameters.Count + 3}::pg_catalog.text[])[{Candidate}]";
        }

        if (column.Sequence is { } sequence) return Counted(column, sequence);
        var values = pools.GetValueOrDefault(column.Name) ?? [];
        if (values.Length == 0) return "null";
        var index = _parameters.FindIndex(parameter => parameter.SequenceEqual(values));
        if (index < 0)
        {
            _parameters.Add(values);
            index = _parameters.Count - 1;
        }

        var n = values.Length;
        var isNullable = !schema.IsNeverNull(column);
        var offset = (n * 8) - 1 - (_seed % 5);
        // Every seventh is NULL, and takes no other value's place.
        var at = 1 + (_seed % 6);
        var inOrder = isNullable ? $"({Candidate} - ({Candidate} + {7 - at}) / 7 + {offset}) % {n}" : $"({Candidate} + {offset}) % {n}";
        var isKey = table.Keys.Exists(key => key.Columns is [{ } only] && only == column.Name);
        var position = isKey ? inOrder : $"case when {Candidate} <= {InOrder} then {inOrder} else ({Hash(Candidate, Seed())} & 1073741823) % {n} end";
        var value = $"($" + (index + 4).ToString(CultureInfo.InvariantCulture) + $"::pg_catalog.text[])[1 + ({position})::int]";
        return isNullable ? $"case when case when {Candidate} <= {InOrder} then {Candidate} % 7 <> {at} else ({Hash(Candidate, Seed())} & 3) <> 0 end then {value} end" : value;
    }

    /// <summary>On from the last number, without using the sequence up on candidates.</summary>
    private string Counted(RowColumn column, string sequence)
    {
        var root = schema.Tables[table.Root].FullName;
        var name = Identifier.Quote(column.Name);
        var (furthest, last) = column.Increment > 0 ? ("greatest", "max") : ("least", "min");
        return $"""
            (select {furthest}(s.n, (select pg_catalog.{last}({name}) from {root})) from (select case when is_called then last_value else last_value - {column.Increment} end as n from {sequence}) as s) + {Candidate}::bigint * {column.Increment}
            """;
    }

    private static string Hash(string number, object seed) => $"pg_catalog.hashint4extended({number}, {seed})";

    private int Seed() => ++_seed;

    private static string Numbers(int count, string format, int first = 0) =>
        string.Join(", ", Enumerable.Range(first, count).Select(i => string.Format(CultureInfo.InvariantCulture, format, i)));

    private static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(Identifier.Quote));
}
