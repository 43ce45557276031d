using Migrations.Engine.Scripts;

namespace Migrations.Engine.Tables;

/// <summary>SQL that a person wrote to stand inside a statement of ours: it may not reach out of its parentheses.</summary>
internal static class SqlFragment
{
    /// <returns>The text without a semicolon at its end.</returns>
    /// <param name="what">-Query, -Where or -OrderBy.</param>
    /// <exception cref="EngineException">ExportSqlInvalid.</exception>
    public static string Closed(string text, string what, bool standardConformingStrings)
    {
        var lexer = new SqlLexer(text, standardConformingStrings);
        var (depth, end) = (0, -1);
        var hasCode = false;
        while (lexer.TryRead(out var token))
        {
            if (lexer.IsOpen) throw Invalid("has an open quote or comment");
            if (!token.IsCode) continue;
            if (end >= 0) throw Invalid("has more than one statement");
            if (token.Kind == TokenKind.MetaCommand) throw Invalid($"has the psql command {text.AsSpan(token.Start, token.Length)}");
            if (token.Kind == TokenKind.OpenParen) depth++;
            if (token.Kind == TokenKind.CloseParen && --depth < 0) throw Invalid("closes a parenthesis that it did not open");
            if (token.Kind == TokenKind.Semicolon) end = token.Start;
            else hasCode = true;
        }

        if (depth > 0) throw Invalid("does not close a parenthesis");
        return hasCode ? end < 0 ? text : text[..end] : throw Invalid("is empty");

        EngineException Invalid(string fault) => new("ExportSqlInvalid", FailureKind.InvalidInput, $"{what} {fault}. Nothing was written.",
            "Give one piece of SQL that is whole by itself.", text);
    }

    /// <summary>Whether the first word, comments aside, is one of these.</summary>
    public static bool BeginsWith(string text, IEnumerable<string> words) =>
        new SqlLexer(text).Tokens.FirstOrDefault(token => token.IsCode) is var first && words.Contains(text.Substring(first.Start, first.Length), StringComparer.OrdinalIgnoreCase);
}
