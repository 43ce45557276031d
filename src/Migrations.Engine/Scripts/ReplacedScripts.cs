using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>
/// The scripts that a checkpoint stands for: a range of versions, both ends included, and the token hash of the last one, whose version is the
/// checkpoint's own. A database that has run that one has what the checkpoint would make.
/// </summary>
public sealed partial record ReplacedScripts(ScriptVersion First, ScriptVersion Last, string LastTokenHash)
{
    public bool Covers(ScriptVersion version) => version >= First && version <= Last;

    /// <summary>As the header writes it: <c>001..050 9f86d0...</c>.</summary>
    public override string ToString() => $"{First}..{Last} {LastTokenHash}";

    public static ReplacedScripts? TryParse(string text) =>
        Form().Match(text) is { Success: true } match
        && ScriptVersion.TryParse(match.Groups["first"].Value, out var first) && ScriptVersion.TryParse(match.Groups["last"].Value, out var last) && first <= last
            ? new ReplacedScripts(first, last, match.Groups["hash"].Value)
            : null;

    [GeneratedRegex(@"^(?<first>[0-9]+(\.[0-9]+)*?)\.\.(?<last>[0-9]+(\.[0-9]+)*)\s+(?<hash>[0-9a-f]{64})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
