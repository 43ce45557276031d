namespace Migrations.Engine.Scripts;

/// <summary>A <c>${name}</c> in a script; other tools replace it, and the server would not understand it.</summary>
internal readonly record struct Placeholder(int Start, int End, string Name)
{
    /// <summary>Those that begin in a token. In code the <c>$</c> ends its token: <c>${x}</c>, and also <c>prefix_${x}</c>.</summary>
    public static IEnumerable<Placeholder> In(string source, Token token)
    {
        if (!IsQuoted(token.Kind)) return At(source, token.End - 1, source.Length) is { } single ? [single] : [];

        var found = new List<Placeholder>();
        for (var at = source.IndexOf("${", token.Start, token.Length, StringComparison.Ordinal); at >= 0;)
        {
            if (At(source, at, token.End) is { } placeholder) found.Add(placeholder);
            at = source.IndexOf("${", at + 1, token.End - at - 1, StringComparison.Ordinal);
        }

        return found;
    }

    /// <summary>The value as data: it cannot end the quotes that it stands in.</summary>
    public static string Escape(string value, TokenKind kind) => kind switch
    {
        TokenKind.String => value.Replace("'", "''", StringComparison.Ordinal),
        TokenKind.QuotedIdentifier => value.Replace("\"", "\"\"", StringComparison.Ordinal),
        _ => value,
    };

    private static Placeholder? At(string source, int start, int limit)
    {
        if (!source.AsSpan(start).StartsWith("${")) return null;
        var end = source.IndexOf('}', start, limit - start);
        if (end < 0 || source[(start + 2)..end] is not { Length: > 0 } name || !ScriptVariables.IsName(name)) return null;
        return new Placeholder(start, end + 1, name);
    }

    private static bool IsQuoted(TokenKind kind) => kind is TokenKind.String or TokenKind.DollarString or TokenKind.BitString or TokenKind.QuotedIdentifier;
}
