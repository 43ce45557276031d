using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// What a script does beyond the database it runs in, where throwing the database away undoes nothing: such a script is not rehearsed. In the words
/// of the script alone, so a function that hides it is not seen.
/// </summary>
internal static partial class OutsideReach
{
    private static readonly string[] s_ofServer = ["ALTER SYSTEM", "CREATE DATABASE", "DROP DATABASE", "ALTER DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER TABLESPACE"];

    /// <param name="serverIsOwn">Whether the whole server is thrown away afterwards.</param>
    /// <returns>Why it cannot be rehearsed; null when it can.</returns>
    public static string? Find(Script script, bool serverIsOwn)
    {
        foreach (var step in script.Sections.SelectMany(section => section.Steps))
        {
            var place = $"line {step.Position.Line}";
            if (!serverIsOwn && s_ofServer.Contains(step.Facts.Verb))
                return $"{step.Facts.Verb} ({place}) would change the server of -SandboxConnection beyond this rehearsal; leave that out, and it runs in a sandbox.";
            var words = Words(step.Text);
            // Also inside of bodies, which are strings to the lexer.
            if (Link().Match(step.Text) is { Success: true } link && step.Facts.Verb != "CREATE EXTENSION")
                return $"{link.Value} ({place}) reaches another server, and what it does there cannot be taken back.";
            if (step.Facts.Verb == "COPY" && words.Contains("program", StringComparer.OrdinalIgnoreCase))
                return $"COPY ... PROGRAM ({place}) runs a program on the server's machine, and what that does cannot be taken back.";
            if (step.Facts.Verb == "CREATE SUBSCRIPTION" && !OffersNoConnect(step.Text))
                return $"CREATE SUBSCRIPTION ({place}) would connect to the publisher and make a slot there; with connect = false it can be rehearsed.";
        }

        return null;
    }

    private static List<string> Words(string text) =>
        [.. new SqlLexer(text).Tokens.Where(token => token.Kind == TokenKind.Word).Select(token => text.Substring(token.Start, token.Length))];

    private static bool OffersNoConnect(string text)
    {
        var words = Words(text);
        var at = words.FindIndex(word => word.Equals("connect", StringComparison.OrdinalIgnoreCase));
        return at >= 0 && at + 1 < words.Count && words[at + 1].Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"\bdblink\w*", RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}
