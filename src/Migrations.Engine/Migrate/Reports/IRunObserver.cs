namespace Migrations.Engine.Migrate;

/// <summary>Learns what a run does, in the order in which it happens, on the run's thread: it must not block for long, and must not throw.</summary>
public interface IRunObserver
{
    void RunStarted(Guid runId, MigrationPlan plan, RunTarget target);

    void ScriptStarted(Guid runId, PlannedScript script);

    /// <param name="failure">What the run will throw; null for a success, and for what another run did.</param>
    void ScriptEnded(MigrationResult result, Exception? failure);

    /// <param name="outcome">Succeeded, Failed or Interrupted.</param>
    void RunEnded(Guid runId, string outcome, int succeeded);
}
