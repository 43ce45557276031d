namespace Migrations.Engine.Governance;

internal sealed class IdleWaiverRule : WaiverRule
{
    public override string Id => "waiver-idle";

    public override string Title => "A waiver of nothing";

    public override string Rationale => "A waiver that covers no finding waits for one that nobody thought of when it was written.";

    public override PolicyFinding? Examine(PolicyWaiver waiver, bool expired, bool idle) =>
        expired || !idle ? null : Find(waiver, $"{Describe(waiver)} covers nothing.", "Correct the rule or the script; or take it out.");
}
