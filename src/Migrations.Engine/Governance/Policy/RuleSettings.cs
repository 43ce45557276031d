using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Governance;

/// <summary>What a policy says of one rule; where it says nothing, the rule's own default holds.</summary>
internal sealed record RuleSettings
{
    public static RuleSettings None { get; } = new();

    public PolicySeverity? Severity { get; init; }

    public ImmutableDictionary<string, Regex> Patterns { get; init; } = ImmutableDictionary.Create<string, Regex>(StringComparer.Ordinal);

    public ImmutableDictionary<string, ImmutableArray<string>> Lists { get; init; } = ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    public ImmutableDictionary<string, ImmutableDictionary<string, Regex>> PatternsByName { get; init; } = ImmutableDictionary.Create<string, ImmutableDictionary<string, Regex>>(StringComparer.Ordinal);

    /// <summary>The same with what another says over it.</summary>
    public RuleSettings Under(RuleSettings other) => new()
    {
        Severity = other.Severity ?? Severity,
        Patterns = Patterns.SetItems(other.Patterns),
        Lists = Lists.SetItems(other.Lists),
        PatternsByName = PatternsByName.SetItems(other.PatternsByName),
    };
}
