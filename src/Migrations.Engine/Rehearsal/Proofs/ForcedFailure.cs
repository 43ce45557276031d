namespace Migrations.Engine.Rehearsal;

/// <summary>Not the script's: the rehearsal ends an attempt here to see what remains of it. It never leaves the rehearsal.</summary>
internal sealed class ForcedFailure(int statement)
    : EngineException("ForcedFailure", FailureKind.Stopped, $"The rehearsal forced a failure after statement {statement}.", "None is needed.", statement);
