namespace Migrations.Engine.Rehearsal;

/// <summary>The script lacked a right that was taken from it, or cannot be run without one: that says nothing of the script. It never leaves the rehearsal.</summary>
internal sealed class RightsWithheld(string reason, Exception? inner = null)
    : EngineException("RightsWithheld", FailureKind.Refused, reason, "None is needed.", null, inner);
