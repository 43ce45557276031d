using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// The roles that scripts make themselves, by their words, also inside of bodies: roles belong to the server, so one that was made for the scripts
/// beforehand would stand in their way.
/// </summary>
internal static partial class ScriptRoles
{
    public static IReadOnlySet<string> Of(IEnumerable<Script> scripts) => scripts
        .SelectMany(script => script.Up.Steps)
        .SelectMany(step => Making().Matches(step.Text))
        .Select(match => match.Groups[1].Success ? match.Groups[1].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : match.Groups[2].Value.ToLowerInvariant())
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether the script makes, changes or drops a role, also inside of bodies.</summary>
    public static bool AreTouchedBy(Script script) => script.Up.Steps.Any(step => Touching().IsMatch(step.Text));

    [GeneratedRegex("(?:create|alter|drop)\\s+(?:role|user|group)\\b(?!\\s+mapping\\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Touching();

    [GeneratedRegex("create\\s+(?:role|user|group)\\s+(?:\"((?:[^\"]|\"\")+)\"|([\\w$]+))", RegexOptions.IgnoreCase)]
    private static partial Regex Making();
}
