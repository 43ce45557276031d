using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Rehearsal;

/// <summary>Values that the words of a constraint suggest: what it compares with, the neighbours, and what lies between.</summary>
internal static partial class HintedValues
{
    private const int Between = 40;
    private const int LongestText = 4000;

    /// <param name="category"><c>typcategory</c> of the base type.</param>
    public static IEnumerable<string> Of(IReadOnlyList<ServerExpression> expressions, string type, string category)
    {
        if (expressions.Count == 0) return [];
        var strings = expressions.SelectMany(expression => expression.Strings).Distinct().ToList();
        var numbers = expressions.SelectMany(expression => expression.Numbers).Concat(strings).Select(AsNumber).OfType<decimal>().Distinct().Order().ToList();
        var hints = category switch
        {
            "S" => Texts(expressions, strings, numbers),
            "N" when type is not "money" => Numbers(numbers, type is "numeric" or "float4" or "float8").Where(n => n >= LeastOf(type) && n <= MostOf(type)).Select(Text),
            "D" or "T" => Moments(strings, type),
            "U" when type is "json" or "jsonb" => Documents(strings),
            "U" when type == "bytea" => numbers.Where(n => n is >= 0 and < 200).SelectMany(n => Enumerable.Range(0, Between).Select(i => $"\\x{new string('0', Math.Max((int)n * 2 - 2, 0))}{(n > 0 ? i.ToString("x2", CultureInfo.InvariantCulture) : "")}")),
            "A" => [],
            _ => strings,
        };
        return hints.Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Texts(IReadOnlyList<ServerExpression> expressions, List<string> strings, List<decimal> numbers)
    {
        var patterns = expressions.SelectMany(expression => expression.Patterns).Distinct().ToList();
        foreach (var (sign, pattern) in patterns)
        {
            foreach (var sample in sign.StartsWith("~~", StringComparison.Ordinal) ? PatternSample.OfLike(pattern, Between) : PatternSample.Of(pattern, Between))
            {
                yield return sample;
                // Often another check wants one case only.
                yield return sample.ToLowerInvariant();
            }
        }

        foreach (var text in strings.Where(text => patterns.All(pattern => pattern.Pattern != text)))
        {
            yield return text;
        }

        // Lengths.
        foreach (var n in numbers.Where(n => n == Math.Floor(n) && n is >= 0 and <= LongestText).SelectMany(n => new[] { n, n - 1, n + 1 }).Where(n => n >= 0).Distinct())
        {
            var length = (int)n;
            yield return new string('x', length);
            foreach (var i in Enumerable.Range(0, length is > 1 and < 64 ? 24 : 0)) yield return $"{i}".PadLeft(length, 'a')[^length..];
        }

        foreach (var text in strings.Where(text => text.Length is > 0 and < 100))
        {
            yield return text + "1";
            yield return "1" + text;
        }
    }

    private static IEnumerable<decimal> Numbers(List<decimal> numbers, bool fractions)
    {
        foreach (var n in numbers.SelectMany(n => new[] { n, n + 1, n - 1 }).Distinct()) yield return n;
        for (var k = 0; k + 1 < numbers.Count; k++)
        {
            foreach (var n in Enumerable.Range(1, Between).Select(i => numbers[k] + ((numbers[k + 1] - numbers[k]) * i / (Between + 1))))
            {
                yield return fractions ? Math.Round(n, 2) : Math.Floor(n);
            }
        }

        if (fractions) yield break;
        foreach (var n in numbers.SelectMany(n => Enumerable.Range(2, 20).SelectMany(i => new[] { n + i, n - i }))) yield return n;
    }

    /// <summary>Numbers about the end of a type lie on both sides of it, and each that cannot be read would cost the sieve several round trips.</summary>
    private static decimal LeastOf(string type) => type switch { "int2" => short.MinValue, "int4" => int.MinValue, "int8" => long.MinValue, _ => decimal.MinValue };

    private static decimal MostOf(string type) => type switch { "int2" => short.MaxValue, "int4" => int.MaxValue, "int8" => long.MaxValue, _ => decimal.MaxValue };

    private static IEnumerable<string> Moments(List<string> strings, string type)
    {
        var found = strings.Where(text => DatePart().IsMatch(text)).Select(AsMoment).OfType<DateTimeOffset>().Distinct().Order().ToList();
        foreach (var text in strings) yield return text;
        var ends = found.SelectMany(moment => new[] { moment, moment.AddDays(1), moment.AddSeconds(1), moment.AddDays(-1), moment.AddSeconds(-1), moment.AddDays(100), moment.AddDays(-100) });
        var between = found.Zip(found.Skip(1), (from, to) => Enumerable.Range(1, Between).Select(i => from + ((to - from) * i / (Between + 1)))).SelectMany(x => x);
        foreach (var moment in ends.Concat(between))
        {
            var utc = moment.ToUniversalTime();
            yield return type switch
            {
                "date" => utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "timestamptz" => utc.ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture),
                _ => utc.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            };
        }
    }

    /// <summary>One document that has every key which a check may ask for.</summary>
    private static IEnumerable<string> Documents(List<string> strings)
    {
        var keys = strings.Where(text => text.Length > 0).ToList();
        if (keys.Count == 0) yield break;
        foreach (object value in new object[] { 1, "a", true, Array.Empty<int>(), new Dictionary<string, int>() })
        {
            yield return JsonSerializer.Serialize(keys.ToDictionary(key => key, _ => value));
        }
    }

    private static decimal? AsNumber(string text) =>
        decimal.TryParse(text, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e20m ? number : null;

    private static DateTimeOffset? AsMoment(string text)
    {
        var full = Regex.IsMatch(text, @"[+-]\d\d$") && text.Length > 10 ? text + ":00" : text;
        return DateTimeOffset.TryParse(full, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && moment.Year is > 2 and < 9900 ? moment : null;
    }

    private static string Text(decimal number) => number.ToString("0.############", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d")]
    private static partial Regex DatePart();
}
