using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Reads from a failure what the throw-away server lacks and the target may have.</summary>
internal static partial class MissingParts
{
    /// <summary>The role that a statement named and that is not there; null when that was not the trouble. The sandbox speaks English.</summary>
    public static string? RoleOf(EngineException failure) =>
        failure.SqlState == PostgresErrorCodes.UndefinedObject && Role().Match(failure.Message) is { Success: true } found ? found.Groups[1].Value : null;

    /// <summary>Whether the sandbox is to blame, or may be.</summary>
    public static bool Explain(EngineException failure) => RoleOf(failure) is not null || ReasonOf(failure) is not null;

    /// <summary>Why the failure says nothing of the script; null when it does.</summary>
    public static string? ReasonOf(EngineException failure)
    {
        if (failure is RightsWithheld) return failure.Message;
        if (Extension().Match(failure.Message) is { Success: true } extension)
            return $"the sandbox has no extension {extension.Groups[1].Value}: name a server that has it with -SandboxConnection";
        if (failure.SqlState == "58P01" && failure.Message.Contains("could not access file", StringComparison.Ordinal))
            return "the sandbox lacks a library that a function names: name a server that has it with -SandboxConnection";
        if (failure.SqlState == PostgresErrorCodes.UndefinedObject && Locale().Match(failure.Message) is { Success: true } locale)
            return $"the sandbox has no collation {locale.Groups[1].Value}: name a server that has it with -SandboxConnection";
        if (Place().Match(failure.Message) is { Success: true } place)
            return $"the sandbox has no {place.Groups[1].Value} {place.Groups[2].Value}: name a server that has it with -SandboxConnection";
        return failure.Message.Contains("must be loaded via \"shared_preload_libraries\"", StringComparison.Ordinal)
            ? "the sandbox does not preload a library that an extension needs: name a server that does with -SandboxConnection"
            : null;
    }

    [GeneratedRegex("role \"((?:[^\"]|\"\")+)\" does not exist")]
    private static partial Regex Role();

    [GeneratedRegex("(tablespace|database) \"([^\"]+)\" does not exist")]
    private static partial Regex Place();

    [GeneratedRegex("extension \"([^\"]+)\" (?:is not available|has no installation script)|could not open extension control file \"[^\"]*/([^\"/]+)\\.control\"")]
    private static partial Regex Extension();

    [GeneratedRegex("collation \"([^\"]+)\" for encoding")]
    private static partial Regex Locale();
}
