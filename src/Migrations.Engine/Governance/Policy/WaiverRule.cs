using System.Globalization;

namespace Migrations.Engine.Governance;

/// <summary>A rule about the waivers of the policy itself; it speaks when the other rules have spoken.</summary>
internal abstract class WaiverRule : PolicyRule
{
    public override string Control => "SOC 2 CC8.1 and ISO/IEC 27001 A.8.32: exceptions are known, have an owner and end.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public sealed override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings) => [];

    /// <param name="idle">Its script was looked at, or is not there, and it covers no finding.</param>
    public abstract PolicyFinding? Examine(PolicyWaiver waiver, bool expired, bool idle);

    protected PolicyFinding Find(PolicyWaiver waiver, string message, string advice) => new()
    {
        Rule = Id,
        File = waiver.Position.File,
        Line = waiver.Position.Line,
        Message = message,
        Advice = advice,
    };

    protected static string Describe(PolicyWaiver waiver) =>
        $"The waiver of {waiver.Rule} for {waiver.Script} ({waiver.Owner}, until {waiver.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)})";
}
