using System.Buffers;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>The name of a table as SQL writes it: <c>app.history</c>, <c>"My App"."History"</c>, <c>history</c>.</summary>
internal sealed record ForeignTableName(string? Schema, string Name)
{
    private static readonly SearchValues<char> s_needQuotes = SearchValues.Create("\" ;'()");

    public static ForeignTableName Parse(string text)
    {
        var parts = new List<string>();
        var rest = text.AsSpan().Trim();
        while (true)
        {
            if (!TryTake(ref rest, out var part)) throw Invalid(text);
            parts.Add(part);
            if (rest.IsEmpty) break;
            if (rest[0] != '.') throw Invalid(text);
            rest = rest[1..];
        }

        return parts switch
        {
            [var name] => new ForeignTableName(null, name),
            [var schema, var name] => new ForeignTableName(schema, name),
            _ => throw Invalid(text),
        };
    }

    public override string ToString() => Schema is null ? Identifier.Quote(Name) : Identifier.Qualify(Schema, Name);

    /// <summary>A name without quotes is folded to lower case, as the server does.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> rest, out string part)
    {
        part = "";
        if (rest.IsEmpty) return false;
        if (rest[0] != '"')
        {
            var end = rest.IndexOf('.');
            var word = end < 0 ? rest : rest[..end];
            if (word.IsEmpty || word.ContainsAny(s_needQuotes)) return false;
            part = word.ToString().ToLowerInvariant();
            rest = rest[word.Length..];
            return true;
        }

        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] != '"') continue;
            if (i + 1 < rest.Length && rest[i + 1] == '"') i++;
            else
            {
                part = rest[1..i].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
                rest = rest[(i + 1)..];
                return part.Length > 0;
            }
        }

        return false;
    }

    private static EngineException Invalid(string text) => new("ForeignTableInvalid", FailureKind.InvalidInput, $"'{text}' is not the name of a table.",
        "Write it as in SQL: history, app.history, or \"My App\".\"History\".", text);
}
