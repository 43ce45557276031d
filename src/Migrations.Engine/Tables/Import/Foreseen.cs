namespace Migrations.Engine.Tables;

/// <summary>What was expected of a chunk when it was read.</summary>
/// <param name="By">The checks that looked; others may have been learnt since.</param>
/// <param name="Suspects">In their order.</param>
internal sealed record Foreseen(object? By, IReadOnlyList<Suspect> Suspects)
{
    public static Foreseen Nothing { get; } = new(null, []);
}
