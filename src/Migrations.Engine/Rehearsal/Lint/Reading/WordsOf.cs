using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>The words of texts that are not statements of a script: definitions of the catalog, bodies of DO blocks.</summary>
internal static class WordsOf
{
    /// <summary>Names and words as the server folds them; what stands in strings and comments is none.</summary>
    public static HashSet<string> Text(string sql) =>
    [
        .. from token in new SqlLexer(sql).Tokens
           where token.Kind is TokenKind.Word or TokenKind.QuotedIdentifier
           select SqlName.Fold(sql.Substring(token.Start, token.Length)),
    ];

    /// <summary>What an expression may be called in a name: <c>lower(email)</c> gives <c>lower</c>.</summary>
    public static string Name(string expression)
    {
        foreach (var token in new SqlLexer(expression).Tokens)
            if (token.Kind is TokenKind.Word or TokenKind.QuotedIdentifier) return expression.Substring(token.Start, token.Length);
        return "expr";
    }

    /// <summary>Names as they are written, without quotes.</summary>
    public static IEnumerable<string> Names(ScriptStep step)
    {
        if (step.Text.Length > ScriptReading.LongestText) return [];
        return from token in new SqlLexer(step.Text).Tokens
               where token.Kind is TokenKind.Word or TokenKind.QuotedIdentifier
               select SqlName.Fold(step.Text.Substring(token.Start, token.Length));
    }

    /// <summary>Null when there is no statement.</summary>
    public static WordCursor? Statement(ScriptStep step) =>
        StatementSplitter.Split(step.Text + "\n;").Elements.OfType<SqlStatement>().FirstOrDefault(s => !s.IsEmpty) is { } statement ? new WordCursor(statement) : null;

    /// <summary>The unquoted words of a DO block in upper case; null when its body is not in dollar quotes.</summary>
    public static IReadOnlyList<string>? Body(ScriptStep step)
    {
        var text = step.Text;
        var body = new SqlLexer(text).Tokens.FirstOrDefault(token => token.Kind == TokenKind.DollarString);
        if (body.Length == 0) return null;
        var tag = text.IndexOf('$', body.Start + 1) + 1 - body.Start;
        if (body.Length < 2 * tag) return null;
        var code = text.Substring(body.Start + tag, body.Length - (2 * tag));
        return [.. from token in new SqlLexer(code).Tokens where token.Kind == TokenKind.Word select code.Substring(token.Start, token.Length).ToUpperInvariant()];
    }
}
