using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Rehearsal;

/// <summary>Which values of a column cannot be what its new type holds.</summary>
internal static partial class TypeChange
{
    private static readonly Dictionary<string, (string Least, string Most)> s_whole = new(StringComparer.Ordinal)
    {
        ["smallint"] = ("-32768", "32767"),
        ["integer"] = ("-2147483648", "2147483647"),
        ["bigint"] = ("-9223372036854775808", "9223372036854775807"),
    };

    private static readonly string[] s_order = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

    private static readonly string[] s_texts = ["text", "character varying", "character"];

    /// <returns>Null when every value of the old type is one of the new.</returns>
    public static DataProbe? Probe(string relation, string identity, string column, string before, string after)
    {
        var probe = new DataProbe(relation, $"type {after} of {identity}", $"ALTER TYPE of {identity} from {before} to {after} (unless its USING does away with it)");
        var (from, fromSize) = Parts(before);
        var (to, size) = Parts(after);
        if (s_texts.Contains(from) && s_texts.Contains(to))
        {
            if (size.Length == 0 || (fromSize.Length > 0 && fromSize[0] <= size[0])) return null;
            return probe with { Offence = $"char_length(rtrim({column}::text, ' ')) > {size[0]}" };
        }

        // Out of a text, as its USING must say: the server says from 16 on which it can read.
        if (s_texts.Contains(from)) return probe with { Offence = $"not pg_input_is_valid({column}::text, '{after.Replace("'", "''", StringComparison.Ordinal)}')", OffenceBefore16 = ByPattern(column, to) };
        if (s_texts.Contains(to)) return size.Length == 0 ? null : probe with { Offence = $"char_length({column}::text) > {size[0]}" };

        if (Array.IndexOf(s_order, from) is >= 0 and var old && Array.IndexOf(s_order, to) is >= 0 and var next)
        {
            if (s_whole.TryGetValue(to, out var limits)) return old <= next ? null : probe with { Offence = $"{column} not between {limits.Least} and {limits.Most}" };
            if (to != "numeric" || size.Length == 0) return next >= old || to == "numeric" ? null : probe with { NotAskedBecause = "what a float would round or overflow is not asked for beforehand" };
            var scale = size.Length > 1 ? size[1] : 0;
            if (fromSize.Length > 0 && from == "numeric" && fromSize[0] - (fromSize.Length > 1 ? fromSize[1] : 0) <= size[0] - scale && (fromSize.Length > 1 ? fromSize[1] : 0) <= scale) return null;
            return probe with { Offence = $"abs(round({column}::numeric, {scale})) >= 10::numeric ^ {size[0] - scale}" };
        }

        if ((from, to) is ("timestamp without time zone", "timestamp with time zone") or ("date", "timestamp without time zone") or ("date", "timestamp with time zone") or ("cidr", "inet") or ("json", "jsonb")) return null;
        return from == to && fromSize.SequenceEqual(size) ? null : probe with { NotAskedBecause = $"no harmless question tells whether each {before} can be made a {after}" };
    }

    private static string? ByPattern(string column, string to) => to switch
    {
        "smallint" or "integer" or "bigint" => $"case when {column}::text ~ '^\\s*[-+]?\\d{{1,30}}\\s*$' then {column}::text::numeric not between {s_whole[to].Least} and {s_whole[to].Most} else true end",
        "numeric" => $"{column}::text !~* '^\\s*([-+]?(\\d+(\\.\\d*)?|\\.\\d+)(e[-+]?\\d+)?|nan|[-+]?inf(inity)?)\\s*$'",
        "uuid" => $"{column}::text !~* '^\\{{?[0-9a-f]{{4}}(-?[0-9a-f]{{4}}){{7}}\\}}?$'",
        "boolean" => $"{column}::text !~* '^\\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|off|of|1|0)\\s*$'",
        _ => null,
    };

    private static (string Name, int[] Sizes) Parts(string type)
    {
        var match = Sized().Match(type);
        if (!match.Success) return (type, type == "character" ? [1] : []);
        return (match.Groups[1].Value + match.Groups[3].Value, [.. match.Groups[2].Value.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))]);
    }

    [GeneratedRegex(@"^(.+?)\((-?\d+(?:,-?\d+)*)\)(.*)$")]
    private static partial Regex Sized();
}
