using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class WayBackRule : PolicyRule
{
    public override string Id => "way-back";

    public override string Title => "A script has a down section, or says why there is none";

    public override string Rationale => "Whoever is on duty must know before the run whether it can be taken back.";

    public override string Control => "SOC 2 CC8.1 and ISO/IEC 27001 A.8.32: changes have a fall-back.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Script is not { Kind: ScriptKind.Versioned } script) yield break;
        if (script.Header.Irreversible is { } reason)
        {
            if (HeaderFieldsRule.IsPlaceholder(reason)) yield return Find(it, script.Header.EntryOf("irreversible")?.Position, $"'{reason}' is no reason.", "Say why there is no way back.");
        }
        else if (script.Down is null || script.Down.Steps.Count == 0)
        {
            yield return Find(it, null, null, "It has no down section, or one with nothing in it.",
                "Write what takes it back below '-- migrate:down', or say in the header why there is no way back: -- irreversible: REASON.");
        }
    }
}
