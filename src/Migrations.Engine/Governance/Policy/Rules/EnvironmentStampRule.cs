namespace Migrations.Engine.Governance;

/// <summary>Asked by the examination, which knows the target: the rule itself looks at nothing.</summary>
internal sealed class EnvironmentStampRule : PolicyRule
{
    public override string Id => "environment-stamp";

    public override string Title => "The database has a stamp that the policy names";

    public override string Rationale => "Where a policy tells environments apart, a database without a stamp, or with one that the policy does not name, gets what holds everywhere, which may be less than it should be. As an error it keeps every run away from such a database.";

    public override string Control => "ISO/IEC 27001 A.8.31: environments are kept apart.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings) => [];

    /// <summary>Null when the policy knows where it is.</summary>
    public PolicyFinding? Examine(Policy policy, string? stamp)
    {
        if (!policy.EnvironmentNames.Any() || policy.EnvironmentNames.Contains(stamp, StringComparer.OrdinalIgnoreCase)) return null;
        return new PolicyFinding
        {
            Rule = Id,
            File = Policy.FileName,
            Message = $"The policy tells {string.Join(", ", policy.EnvironmentNames)} apart, and the database {(stamp is null ? "has no stamp" : $"is stamped {stamp}")}.",
            Advice = "Initialize-MigrationDatabase -Environment sets the stamp; or name this one in \"environments\".",
        };
    }
}
