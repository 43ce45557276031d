using System.Buffers;

namespace Migrations.Engine.Scripts;

/// <summary>Where an operator ends: a comment start inside cuts it, and a trailing + or - is split off a plain SQL operator.</summary>
internal static class OperatorText
{
    private static readonly SearchValues<char> s_beyondStandard = SearchValues.Create("~!@#^&|`?%");

    public static int End(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && CharClass.IsOperator(text[end]) && !CommentStartsAt(text, end)) end++;
        return end - start > 1 && text[end - 1] is '+' or '-' ? WithoutTrailingSigns(text, start, end) : end;
    }

    public static bool CommentStartsAt(ReadOnlySpan<char> text, int i) =>
        i + 1 < text.Length && ((text[i] == '-' && text[i + 1] == '-') || (text[i] == '/' && text[i + 1] == '*'));

    /// <summary><c>=-</c> are two operators, so that <c>a=-1</c> works; <c>?-</c> is one, since the standard knows no <c>?</c>.</summary>
    private static int WithoutTrailingSigns(ReadOnlySpan<char> text, int start, int end)
    {
        if (text[start..(end - 1)].ContainsAny(s_beyondStandard)) return end;
        do end--;
        while (end - start > 1 && text[end - 1] is '+' or '-');
        return end;
    }
}
