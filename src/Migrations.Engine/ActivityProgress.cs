namespace Migrations.Engine;

/// <summary>How far a long call is. Unknown is unknown: <see cref="Percent"/> is null then, never a guess.</summary>
/// <param name="Id">Tells nested progress lines apart; 0 is the outermost.</param>
public sealed record ActivityProgress(int Id, string Title, string Status, int? Percent = null, TimeSpan? Left = null, bool Completed = false);
