namespace Migrations.Engine.Connection;

/// <summary>The one place where a name becomes SQL text.</summary>
public static class Identifier
{
    /// <summary>
    /// The name as a delimited identifier. Always quoted, so keywords, upper case and SQL inside a name are harmless;
    /// doubling the quote is all that PostgreSQL's lexer asks for ("Identifiers and Key Words").
    /// </summary>
    /// <exception cref="EngineException">IdentifierInvalid: empty, or with a character that no name of the server can hold.</exception>
    public static string Quote(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) throw Invalid("A name is empty.");
        if (name.Contains('\0')) throw Invalid("A name holds a NUL character.");
        if (HasLoneSurrogate(name)) throw Invalid("A name holds half of a surrogate pair, which is no character in UTF-8.");
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public static string Qualify(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";

    private static bool HasLoneSurrogate(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1])) return true;
            i++;
        }

        return false;
    }

    private static EngineException Invalid(string message) =>
        new("IdentifierInvalid", FailureKind.InvalidInput, message, "Use a name of 1 to 63 bytes without NUL.");
}
