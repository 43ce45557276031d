namespace Migrations.Engine.Governance;

internal sealed class ExpiredWaiverRule : WaiverRule
{
    public override string Id => "waiver-expired";

    public override string Title => "A waiver that has expired";

    public override string Rationale => "It covers nothing any more, and somebody should decide again or take it out.";

    public override PolicyFinding? Examine(PolicyWaiver waiver, bool expired, bool idle) =>
        !expired ? null : Find(waiver, $"{Describe(waiver)} has expired.", "Look at its reason again and give it a later day; or take it out.");
}
