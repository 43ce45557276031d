using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>The script that makes what a build has made.</summary>
internal static partial class CheckpointText
{
    public static string Of(SquashBuild build, string title, ReplacedScripts replaced, int scripts, string server, DateTimeOffset at)
    {
        var roles = build.RoleStatements.Length == 0 ? "" : $"-- Roles that the scripts have made, where they are not there yet.\n{build.RoleStatements}\n\n";
        return $"""
            -- migration: {title.ReplaceLineEndings(" ")}
            -- description: Stands for {scripts} scripts, {replaced.First} to {replaced.Last}; built and compared on PostgreSQL {server}, {at:yyyy-MM-dd}.
            -- replaces: {replaced}
            -- irreversible: it is what {scripts} scripts have made
            -- line-ends: keep


            """.ReplaceLineEndings("\n") + roles + ForAnyRunner(build) + "\n";
    }

    /// <summary>What belongs to the role that ran the scripts in the sandbox will belong to whoever runs the checkpoint.</summary>
    public static string ForAnyRunner(SquashBuild build) => Owner().Replace(DumpText.Rewrite(build.Dump, statement => ForAnyRunner(statement, build.Runner)), "$1; Owner: -");

    private static string? ForAnyRunner(string statement, string runner)
    {
        var defaults = $"ALTER DEFAULT PRIVILEGES FOR ROLE {runner} ";
        if (statement.StartsWith(defaults, StringComparison.Ordinal)) return "ALTER DEFAULT PRIVILEGES " + statement[defaults.Length..];
        return statement.StartsWith("ALTER ", StringComparison.Ordinal) && statement.TrimEnd().TrimEnd(';').EndsWith($" OWNER TO {runner}", StringComparison.Ordinal) ? "" : null;
    }

    [GeneratedRegex("^(-- (?:Data for )?Name: .*); Owner: [^;\n]*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Owner();
}
