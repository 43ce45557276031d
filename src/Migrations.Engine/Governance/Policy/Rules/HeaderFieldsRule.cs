using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class HeaderFieldsRule : PolicyRule
{
    private static readonly string[] s_fields = ["title", "author", "ticket", "description", "risk"];
    private static readonly string[] s_placeholders = ["todo", "tbd", "fixme", "xxx", "n/a", "none", "?", "-", "...", "title", "author", "ticket", "description", "your name", "what and why"];

    public override string Id => "header-fields";

    public override string Title => "The header says who, why, for which ticket and how risky";

    public override string Rationale => "Who samples changes a year later asks for author, request and purpose of each; a header left as the template wrote it answers nothing.";

    public override string Control => "SOC 2 CC8.1 and ISO/IEC 27001 A.8.32: changes are documented and traced to their request.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IReadOnlyList<PolicyOption> Options { get; } =
    [
        new("fields", PolicyOptionKind.Texts, "What a header must say.", "[\"title\", \"author\", \"ticket\", \"description\", \"risk\"]", s_fields),
        new("patterns", PolicyOptionKind.Patterns, "What the whole value of a field must match.", "{}", s_fields),
        new("placeholders", PolicyOptionKind.Texts, "Texts, in any case, that count as nothing said; {{...}} and <...> always do.", $"[{string.Join(", ", s_placeholders.Select(text => $"\"{text}\""))}]", []),
    ];

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Script is not { } script || it.IsHook) yield break;
        var fields = settings.Lists.GetValueOrDefault("fields", [.. s_fields]);
        if (script.Header.Entries.Count == 0)
        {
            if (fields.Length > 0) yield return Find(it, null, 1, "It has no header.", $"Begin with '-- migration: TITLE', and a line '-- key: value' for each of {string.Join(", ", fields.Where(field => field != "title"))}.");
            yield break;
        }

        var patterns = settings.PatternsByName.GetValueOrDefault("patterns", ImmutableDictionary.Create<string, Regex>(StringComparer.Ordinal));
        var placeholders = settings.Lists.GetValueOrDefault("placeholders", [.. s_placeholders]);
        foreach (var field in fields.Union(patterns.Keys.Order(StringComparer.Ordinal)))
        {
            var entry = script.Header.EntryOf(field == "title" ? "migration" : field);
            var value = entry?.Value.Trim() ?? "";
            if (value.Length == 0) yield return Find(it, entry?.Position.File, entry?.Position.Line ?? 1, $"The header does not say its {field}.", $"Fill it in: -- {(field == "title" ? "migration" : field)}: ...");
            else if (IsPlaceholder(value, placeholders)) yield return Find(it, entry!.Position, $"The {field} is still a placeholder: '{value}'.", "Say what it is.");
            else if (patterns.TryGetValue(field, out var pattern) && !pattern.IsMatch(value)) yield return Find(it, entry!.Position, $"The {field} '{value}' does not match {FileNameRule.Shown(pattern)}.", "Write it in the form that the policy names.");
        }
    }

    internal static bool IsPlaceholder(string value, ImmutableArray<string> placeholders) =>
        placeholders.Contains(value, StringComparer.OrdinalIgnoreCase) || value.Contains("{{", StringComparison.Ordinal) || (value.StartsWith('<') && value.EndsWith('>'));

    /// <summary>For a text that a policy cannot say otherwise.</summary>
    internal static bool IsPlaceholder(string value) => IsPlaceholder(value.Trim(), [.. s_placeholders]);
}
