using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// What a script does beyond the database it runs in, where throwing the database away undoes nothing: such a script is not rehearsed. In the words
/// of the script alone: <see cref="RunRights"/> is there for what words do not show.
/// </summary>
internal static partial class OutsideReach
{
    private static readonly string[] s_ofRows = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "SELECT", "WITH", "COPY", "DO", "CALL", "REFRESH MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW"];

    private static readonly string[] s_ofServer =
    [
        "ALTER SYSTEM", "CREATE DATABASE", "DROP DATABASE", "ALTER DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER TABLESPACE", "CREATE ROLE", "ALTER ROLE", "DROP ROLE",
        "CREATE USER", "ALTER USER", "DROP USER", "CREATE GROUP", "ALTER GROUP", "DROP GROUP", "DROP OWNED", "REASSIGN OWNED",
    ];

    private static readonly string[] s_connecting = ["ALTER SUBSCRIPTION", "DROP SUBSCRIPTION", "IMPORT FOREIGN SCHEMA"];

    private static readonly string[] s_withCopy = ["COPY", "DO", "CREATE FUNCTION", "CREATE PROCEDURE"];

    /// <summary>The first of these that reaches out, with its name in front.</summary>
    public static string? Find(IEnumerable<Script> scripts, bool serverIsOwn)
    {
        var earlier = new List<Script>();
        foreach (var script in scripts)
        {
            if (Find(script, earlier, serverIsOwn) is { } reason) return $"{script.RelativePath}: {reason}";
            earlier.Add(script);
        }

        return null;
    }

    /// <param name="earlier">What ran before it: the foreign tables that it finds.</param>
    /// <param name="serverIsOwn">Whether the whole server is thrown away afterwards.</param>
    /// <returns>Why it cannot be rehearsed; null when it can.</returns>
    public static string? Find(Script script, IEnumerable<Script> earlier, bool serverIsOwn)
    {
        var foreign = Foreign(script) || earlier.Any(Foreign);
        return script.Sections.SelectMany(section => section.Steps).Select(step => Find(step, foreign, serverIsOwn)).FirstOrDefault(reason => reason is not null);
    }

    private static string? Find(ScriptStep step, bool foreign, bool serverIsOwn)
    {
        var place = $"line {step.Position.Line}";
        var verb = step.Facts.Verb;
        if (!serverIsOwn && s_ofServer.Contains(verb))
            return $"{verb} ({place}) would change the server of -SandboxConnection beyond this rehearsal; leave that out, and it runs in a sandbox.";
        // Also inside of bodies, which are strings to the lexer.
        if (Link().Match(step.Text) is { Success: true } link && verb != "CREATE EXTENSION")
            return $"{link.Value} ({place}) reaches another server, and what it does there cannot be taken back.";
        if (Program().IsMatch(step.Text))
            return $"COPY ... PROGRAM ({place}) runs a program on the server's machine, and what that does cannot be taken back.";
        var file = s_withCopy.Contains(verb) && File().Match(step.Text) is { Success: true } copied ? copied : verb is "GRANT" or "REVOKE" or "COMMENT" ? Match.Empty : FileFunction().Match(step.Text);
        if (file.Success)
            return $"{file.Value.Trim()} ({place}) reads or writes files of the server's machine; what is there the sandbox does not know, and what is written there cannot be taken back.";
        if (Untrusted().Match(step.Text) is { Success: true } language)
            return $"Code in {language.Groups[1].Value} ({place}) may do everything on the server's machine, and what that does cannot be taken back.";
        if (s_connecting.Contains(verb) || (verb == "CREATE SUBSCRIPTION" && !OffersNoConnect(step.Text)))
            return $"{verb} ({place}) connects to another server (the publisher, or the one of a foreign schema){(verb == "CREATE SUBSCRIPTION" ? "; with connect = false it can be rehearsed" : "")}.";
        return foreign && s_ofRows.Contains(verb)
            ? $"{verb} ({place}) may reach the server of a foreign table, and what it does there cannot be taken back."
            : null;
    }

    private static bool Foreign(Script script) => script.Up.Steps.Any(step => ForeignTable().IsMatch(step.Text));

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

    [GeneratedRegex(@"\bcopy\b.*\bprogram\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Program();

    /// <summary>COPY with a literal for its place, which is no STDIN.</summary>
    [GeneratedRegex(@"\bcopy\b[^;]*?\b(?:from|to)\s*(?=e?'|\$)", RegexOptions.IgnoreCase)]
    private static partial Regex File();

    [GeneratedRegex(@"\b(?:lo_import|lo_export|pg_read_file|pg_read_binary_file|pg_ls_dir|pg_file_\w+|pg_stat_file)\s*(?=\()", RegexOptions.IgnoreCase)]
    private static partial Regex FileFunction();

    [GeneratedRegex(@"\blanguage\s+['""]?(pl\w+u|plsh|pl[rv]?java)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Untrusted();

    [GeneratedRegex(@"\bcreate\s+foreign\s+table\b|\bimport\s+foreign\s+schema\b", RegexOptions.IgnoreCase)]
    private static partial Regex ForeignTable();
}
