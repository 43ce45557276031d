using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Of versioned scripts and repeatables; a hook's name is given by the module.</summary>
internal sealed class FileNameRule : PolicyRule
{
    private const string Default = "[0-9][0-9.]*_[a-z0-9]+(_[a-z0-9]+)*";
    private const string DefaultRepeatable = "[a-z0-9_/]+";

    private static readonly Regex s_pattern = PatternOf(Default);
    private static readonly Regex s_repeatable = PatternOf(DefaultRepeatable);

    public override string Id => "file-name";

    public override string Title => "A script's name follows the project's pattern";

    public override string Rationale => "A name that says number and purpose in one form is found again, in the folder, in history and in a ticket.";

    public override string Control => "SOC 2 CC8.1 and ISO/IEC 27001 A.8.32: each change can be identified.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IReadOnlyList<PolicyOption> Options { get; } =
    [
        new("pattern", PolicyOptionKind.Pattern, "The whole name of a versioned script, without its ending.", $"\"{Default}\"", []),
        new("repeatable", PolicyOptionKind.Pattern, "The same of a repeatable, below repeatable/.", $"\"{DefaultRepeatable}\"", []),
    ];

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Script is not { } script || it.IsHook) yield break;
        var pattern = script.Kind == ScriptKind.Repeatable ? settings.Patterns.GetValueOrDefault("repeatable", s_repeatable) : settings.Patterns.GetValueOrDefault("pattern", s_pattern);
        if (pattern.IsMatch(it.Name)) yield break;
        yield return Find(it, null, null, $"The name '{it.Name}' does not match {Shown(pattern)}.", "Give the file another name; as long as it has not run, nothing depends on it.");
    }

    internal static string Shown(Regex pattern) => pattern.ToString()[@"\A(?:".Length..^@")\z".Length];
}
