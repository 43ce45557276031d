using System.Text;

namespace Migrations.Engine.Rehearsal;

/// <summary>The values that each type of a schema lends to its columns.</summary>
internal sealed class RowPools(RowSchema schema, ValueSieve sieve, RowRange range, bool isUnicode)
{
    private readonly Dictionary<(long Type, int Modifier), ValuePool> _known = [];

    /// <exception cref="Npgsql.PostgresException">Never for a value that does not fit: those are left out.</exception>
    public async Task<ValuePool> OfAsync(long oid, int modifier, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((oid, modifier), out var known)) return known;
        var type = schema.Types[oid];
        var pool = (await MakeAsync(type, modifier, cancellationToken)).Within(range);
        return _known[(oid, modifier)] = pool;
    }

    /// <summary>The type below all domains.</summary>
    public RowType BaseOf(long oid)
    {
        var type = schema.Types[oid];
        return type.Form == "d" ? BaseOf(type.Base) : type;
    }

    private async Task<ValuePool> MakeAsync(RowType type, int modifier, CancellationToken cancellationToken)
    {
        switch (type.Form)
        {
            case "e":
                return new(type.Labels, []);
            case "d":
                return await DomainAsync(type, cancellationToken);
            case "c":
                return await CompositeAsync(type, cancellationToken);
            case "r":
                return Ranges(await OfAsync(type.Subtype, -1, cancellationToken));
            case "m":
                return Multiranges(await OfAsync(type.Range, -1, cancellationToken));
        }

        // int2vector and its like are arrays by category and have a text form of their own.
        if (BuiltInValues.Of(type.Name, modifier, isUnicode) is { } builtIn) return type.Name == "xml" ? await sieve.AcceptedAsync(builtIn, type.FullName, cancellationToken) : builtIn;
        if (type.Category == "A" && type.Element != 0 && schema.Types.TryGetValue(type.Element, out var element))
            return Arrays(await OfAsync(type.Element, modifier, cancellationToken), element.Delimiter);
        var guesses = await sieve.AcceptedAsync(BuiltInValues.Guesses(type.Category, modifier, isUnicode), type.FullName, cancellationToken);
        return guesses with { Common = [.. guesses.Common.Take(48)] };
    }

    private async Task<ValuePool> DomainAsync(RowType type, CancellationToken cancellationToken)
    {
        var pool = await OfAsync(type.Base, type.BaseModifier, cancellationToken);
        if (type.Checks.Length == 0) return pool;
        var root = BaseOf(type.Oid);
        var hints = HintedValues.Of([.. type.Checks.Select(check => new ServerExpression(check))], root.Name, root.Category);
        return await sieve.PassingAsync(pool.Before(hints), type.BaseName!, "value", type.Checks, cancellationToken);
    }

    private async Task<ValuePool> CompositeAsync(RowType type, CancellationToken cancellationToken)
    {
        var attributes = new List<string[]>();
        for (var i = 0; i < type.AttributeTypes.Length; i++)
        {
            attributes.Add((await OfAsync(type.AttributeTypes[i], type.AttributeModifiers[i], cancellationToken)).Values);
        }

        var some = Enumerable.Range(0, 32).Select(row => $"({string.Join(',', attributes.Select((values, i) => values.Length == 0 ? "" : Quoted(values[(row + i) % values.Length], '"')))})");
        return new([.. some.Append($"({new string(',', Math.Max(attributes.Count - 1, 0))})").Distinct(StringComparer.Ordinal)], []);
    }

    private static ValuePool Ranges(ValuePool of)
    {
        // The bound itself may have no successor, and infinity is not what a missing bound is.
        var values = of.Common.Where(value => value.Length > 0).Select(value => Quoted(value, '"')).ToList();
        return new(["empty", .. values.Select(value => $"[{value},{value}]")], ["(,)", .. values.Take(2).SelectMany(value => new[] { $"[{value},)", $"(,{value}]" })]);
    }

    private static ValuePool Multiranges(ValuePool of)
    {
        var ranges = of.Common.Where(value => value != "empty").ToList();
        return new(["{}", .. ranges.Select(value => $"{{{value}}}"), .. ranges.Zip(ranges.Skip(1), (a, b) => $"{{{a},{b}}}")], ["{(,)}"]);
    }

    private static ValuePool Arrays(ValuePool of, string delimiter)
    {
        var values = of.Common.Select(value => Quoted(value, '\\')).ToList();
        if (values.Count == 0) return new(["{}"], []);
        string Of(IEnumerable<string> elements) => $"{{{string.Join(delimiter, elements)}}}";
        string Long(int count, int from) => Of(Enumerable.Range(from, count).Select(i => values[i % values.Count]));
        string[] telling = ["{}", Long(1, 0), Long(2, 0), Of([values[0], "NULL"]), Long(3, 1), Long(8, 0), Long(4, 1), $"{{{Long(2, 0)}{delimiter}{Long(2, 1)}}}"];
        var others = Enumerable.Range(0, 40).SelectMany(i => new[] { Long((i % 8) + 1, i), Long(1, i + 1) });
        return new([.. telling.Concat(others).Distinct(StringComparer.Ordinal)], of.Bounds.Count == 0 ? [] : [Of(of.Bounds.Select(value => Quoted(value, '\\')))]);
    }

    /// <param name="escape">Arrays escape with a backslash; rows and ranges double.</param>
    private static string Quoted(string value, char escape)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c == '\\') text.Append('\\');
            else if (c == '"') text.Append(escape);
            text.Append(c);
        }

        return text.Append('"').ToString();
    }
}
