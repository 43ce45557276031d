using System.Collections.Frozen;
using System.Text;

namespace Migrations.Engine.Catalog;

/// <summary>One spelling for what the majors spell in different ways.</summary>
internal static class MajorText
{
    /// <summary>Names that some majors of 15 to 18 quote and others do not, because they became keywords of the grammar in between (<c>pg_get_keywords</c>).</summary>
    private static readonly FrozenSet<string> s_sometimesQuoted = FrozenSet.ToFrozenSet(
    [
        "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
        "merge_action", "system_user",
    ]);

    public static string Unify(string kind, string property, string value) => property switch
    {
        // What a person wrote stays as it is.
        "comment" or "body" or "library" or "settings" or "configuration" => value,
        "definition" when kind is "view" or "materialized view" => Unify(ViewText.WithoutPrefix(value)),
        _ => Unify(value),
    };

    /// <summary>The text with those names unquoted, as 15 writes them; literals are left alone.</summary>
    public static string Unify(string text)
    {
        if (!text.Contains("\"json", StringComparison.Ordinal) && !text.Contains("\"merge_action\"", StringComparison.Ordinal) && !text.Contains("\"system_user\"", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = text[i] is '"' or '\'' ? EndOfQuoted(text, i) : i + 1;
            if (text[i] == '"' && end - i > 2 && s_sometimesQuoted.Contains(text[(i + 1)..(end - 1)])) result.Append(text, i + 1, end - i - 2);
            else result.Append(text, i, end - i);
            i = end;
        }

        return result.ToString();
    }

    /// <summary>Index after the closing quote; a doubled one does not close.</summary>
    internal static int EndOfQuoted(string text, int start)
    {
        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] != quote) continue;
            if (i + 1 == text.Length || text[i + 1] != quote) return i + 1;
            i++;
        }

        return text.Length;
    }
}
