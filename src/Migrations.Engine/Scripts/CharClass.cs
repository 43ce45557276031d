namespace Migrations.Engine.Scripts;

/// <summary>
/// The character classes of psql's scanner. Every character outside ASCII is a letter to it, a no-break space too.
/// A vertical tab is not white space, as in psql 15.
/// </summary>
internal static class CharClass
{
    private const ulong Spaces = (1UL << ' ') | (1UL << '\n') | (1UL << '\t') | (1UL << '\r') | (1UL << '\f');

    public static bool IsSpace(char c) => c <= ' ' && ((Spaces >> c) & 1) != 0;

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    public static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= 0x80;

    /// <summary>A letter of a psql variable's name, or of a dollar quote's tag after its first letter.</summary>
    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c >= 0x80;

    public static bool IsOperator(char c) =>
        c is '~' or '!' or '@' or '#' or '^' or '&' or '|' or '`' or '?' or '+' or '-' or '*' or '/' or '%' or '<' or '>' or '=';
}
