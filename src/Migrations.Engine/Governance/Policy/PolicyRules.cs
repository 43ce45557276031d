using System.Collections.Immutable;

namespace Migrations.Engine.Governance;

/// <summary>All rules there are, in the order in which their findings are told.</summary>
internal static class PolicyRules
{
    public static ImmutableArray<PolicyRule> All { get; } =
    [
        new FileNameRule(),
        new HeaderFieldsRule(),
        new WayBackRule(),
        new ObjectNameRule(),
        new CommentRule(),
        new GrantToPublicRule(),
        new DefinerPathRule(),
        new PasswordLiteralRule(),
        new RoleAttributeRule(),
        new HistoryUntouchedRule(),
        new RehearsalReportRule(),
        new RehearsalFindingsRule(),
        new RehearsalProofsRule(),
        new EnvironmentStampRule(),
        new ExpiredWaiverRule(),
        new IdleWaiverRule(),
    ];

    public static PolicyRule? Find(string id) => All.FirstOrDefault(rule => rule.Id == id);
}
