namespace Migrations.Engine.Migrate;

/// <summary>What is known of an earlier try of a statement outside a transaction.</summary>
/// <param name="Found">What the catalog showed before it was begun (<see cref="Sighting"/>); null when nobody looked.</param>
internal sealed record StepPast(StepEnd End, string? Found = null)
{
    public static StepPast None { get; } = new(StepEnd.None);

    public static StepPast Failed { get; } = new(StepEnd.Failed);

    public bool IsInDoubt => End == StepEnd.InDoubt;
}
