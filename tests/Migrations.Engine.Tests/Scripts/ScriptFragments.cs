using CsCheck;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>Random scripts, put together from the pieces that a scanner can stumble over.</summary>
internal static class ScriptFragments
{
    private static readonly string[] s_plain =
    [
        "'", "''", "'a'", "'a;'", "E'", "e'", "N'", "B'", "x'", "U&'", "u&\"", "u&", "\"", "\"\"", "\"a;\"",
        "$$", "$a$", "$a", "$", "$1", "$1a", "--", "-- c", "-", "/*", "*/", "/", "*", "+", "@", "?", "=", "<", "|",
        "\n", "\n", "\n", "\n\n", " ", " ", "  ", "\t", "\r", "\r\n", "\f", "\v",
        "(", ")", "[", "]", "{", "}", ",", ".", "..", ";", ";", ";", ":", "::", ":=", ":a", ":'a'", ":\"a\"", ":'", ":{?",
        "select 1", "create function f() ", "create or replace procedure p() ", "create", "or replace", "function",
        "begin", "begin atomic ", "end", "END;", "case", "a", "b1", "_", "é", "漢", "😀", "\u00a0",
        "1", "1e", "1e5", "1e+", "1.5", ".5", "1..2", "0x1F", "1_000",
    ];

    private static readonly string[] s_backslashes = ["\\;", "\\:", "\\'", "\\\\", "\\echo x", "\\echo 'a' ", "\\echo x \\\\ "];

    /// <summary>Without a backslash.</summary>
    public static Gen<string> Plain { get; } = Join(s_plain);

    /// <summary>With everything, also backslash commands; only harmless ones can come about.</summary>
    public static Gen<string> All { get; } = Join([.. s_plain, .. s_backslashes]);

    private static Gen<string> Join(string[] fragments) => Gen.OneOf(fragments).Array[0, 40].Select(string.Concat);
}
