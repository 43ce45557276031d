namespace Migrations.Engine.Connection;

/// <summary>Text as an SQL literal, for SQL that people run by hand. Everything the engine runs itself uses parameters.</summary>
public static class Literal
{
    /// <summary>
    /// Correct whatever <c>standard_conforming_strings</c> says: a text with a backslash becomes an <c>E''</c> literal,
    /// as the server's own <c>quote_literal</c> does. Null becomes the keyword.
    /// </summary>
    /// <exception cref="EngineException">LiteralInvalid: a NUL character, which no text of the server can hold.</exception>
    public static string Quote(string? value)
    {
        if (value is null) return "null";
        if (value.Contains('\0'))
            throw new EngineException("LiteralInvalid", FailureKind.InvalidInput, "A text holds a NUL character.", "PostgreSQL cannot store NUL in text; remove it.");

        var quoted = $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
        return quoted.Contains('\\') ? "E" + quoted.Replace("\\", "\\\\", StringComparison.Ordinal) : quoted;
    }
}
