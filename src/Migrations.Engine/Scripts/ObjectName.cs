namespace Migrations.Engine.Scripts;

/// <summary>The name of an object inside a statement.</summary>
internal static class ObjectName
{
    /// <summary>
    /// The name as it is spelled, its parts joined by dots, and the index behind it. Empty when no name stands there, or one that only the server
    /// can read (<c>U&amp;"..."</c>, a variable).
    /// </summary>
    public static (string Name, int End) Read(StatementWords words, int at)
    {
        var name = "";
        while (Part(words, at) is { } part)
        {
            name += part;
            at++;
            if (words.KindAt(at) != TokenKind.Dot) return (name, at);
            name += ".";
            at++;
        }

        return ("", at);
    }

    private static string? Part(StatementWords words, int at) => words.KindAt(at) switch
    {
        TokenKind.Word => words.TextAt(at),
        TokenKind.QuotedIdentifier when words[at].StartsWith('"') => words[at],
        _ => null,
    };
}
