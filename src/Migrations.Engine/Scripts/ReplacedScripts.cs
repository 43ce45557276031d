using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>
/// The scripts that a checkpoint stands for, in the order of their versions; the last one's is the checkpoint's own. A database has what the
/// checkpoint would make when it has run all of them.
/// </summary>
public sealed partial record ReplacedScripts(IReadOnlyList<ReplacedScript> Scripts)
{
    public ScriptVersion First => Scripts[0].Version;

    public ScriptVersion Last => Scripts[^1].Version;

    public string LastTokenHash => Scripts[^1].TokenHash!;

    /// <summary>Whether it stands for the script of this version.</summary>
    public bool Holds(ScriptVersion version) => Scripts.Any(script => script.Version == version);

    /// <summary>Whether a version lies between the first and the last, also one that was never there.</summary>
    public bool Spans(ScriptVersion version) => version >= First && version <= Last;

    /// <summary>As the header writes it: <c>001, 002, 003=9f86d0...</c>.</summary>
    public override string ToString() => string.Join(", ", Scripts);

    public static ReplacedScripts? TryParse(string text)
    {
        var scripts = new List<ReplacedScript>();
        foreach (var word in text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Word().Match(word) is not { Success: true } match || !ScriptVersion.TryParse(match.Groups["version"].Value, out var version)) return null;
            if (scripts.Count > 0 && version <= scripts[^1].Version) return null;
            scripts.Add(new ReplacedScript(version, match.Groups["hash"] is { Success: true, Value: var hash } ? hash : null));
        }

        return scripts.Count > 1 && scripts[^1].TokenHash is not null ? new ReplacedScripts(scripts) : null;
    }

    [GeneratedRegex("^(?<version>[0-9.]+)(=(?<hash>[0-9a-f]{64}))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Word();
}
