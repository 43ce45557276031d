using System.Collections.Immutable;

namespace Migrations.Engine.Governance;

/// <summary>What a policy says for every environment, or for one of them.</summary>
internal sealed record EnvironmentPolicy(ImmutableDictionary<string, RuleSettings> Rules, PolicyReport Report)
{
    public static EnvironmentPolicy None { get; } = new(ImmutableDictionary.Create<string, RuleSettings>(StringComparer.Ordinal), PolicyReport.None);

    public RuleSettings Of(PolicyRule rule) => Rules.GetValueOrDefault(rule.Id, RuleSettings.None);

    public PolicySeverity SeverityOf(PolicyRule rule) => Of(rule).Severity ?? rule.DefaultSeverity;

    public EnvironmentPolicy Under(EnvironmentPolicy other) =>
        new(other.Rules.Aggregate(Rules, (rules, said) => rules.SetItem(said.Key, rules.GetValueOrDefault(said.Key, RuleSettings.None).Under(said.Value))), Report.Under(other.Report));
}
