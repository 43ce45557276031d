namespace Migrations.Engine.Rehearsal;

/// <summary>Where a statement stands in the run of its script.</summary>
/// <param name="Segment">From 0.</param>
/// <param name="IsLast">Of its transaction: its locks end with it.</param>
/// <param name="LockTimeout">As the script's words and settings have it.</param>
internal sealed record StatementPlace(int Segment, bool InTransaction, bool IsLast, TimeSpan LockTimeout);
