namespace Migrations.Engine.Migrate;

/// <summary>What Stop-Migration did.</summary>
/// <param name="Script">Where the run was when it was asked to stop.</param>
/// <param name="RunOutcome">How the run itself recorded its end: Interrupted, Failed or Succeeded; null when it could not.</param>
public sealed record StoppedMigration(Guid? RunId, StopOutcome Outcome, string? Script, string? RunOutcome, TimeSpan Took, int Pid, string? Who, string Database, string Message);
