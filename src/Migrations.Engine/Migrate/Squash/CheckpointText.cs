using System.Text;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>The script that makes what a build has made.</summary>
internal static class CheckpointText
{
    /// <summary>The sandbox's superuser stands for whoever runs the scripts: what belongs to it will belong to that role.</summary>
    private const string Runner = "postgres";

    public static string Of(SquashBuild build, string title, ReplacedScripts replaced, int scripts, string server, DateTimeOffset at)
    {
        var roles = build.RoleStatements.Length == 0 ? "" : $"-- Roles that the scripts have made, where they are not there yet.\n{build.RoleStatements}\n\n";
        return $"""
            -- migration: {title.ReplaceLineEndings(" ")}
            -- description: Stands for {scripts} scripts, {replaced.First} to {replaced.Last}; built and compared on PostgreSQL {server}, {at:yyyy-MM-dd}.
            -- replaces: {replaced}
            -- irreversible: it is what {scripts} scripts have made
            -- line-ends: keep


            """.ReplaceLineEndings("\n") + roles + DumpText.Rewrite(build.Dump, ForAnyRunner) + "\n";
    }

    private static string? ForAnyRunner(string statement)
    {
        const string defaults = $"ALTER DEFAULT PRIVILEGES FOR ROLE {Runner} ";
        if (statement.StartsWith(defaults, StringComparison.Ordinal)) return "ALTER DEFAULT PRIVILEGES " + statement[defaults.Length..];
        return statement.StartsWith("ALTER ", StringComparison.Ordinal) && statement.TrimEnd().TrimEnd(';').EndsWith($" OWNER TO {Runner}", StringComparison.Ordinal) ? "" : null;
    }
}
