namespace Migrations.Engine.Audit;

/// <summary>What was written down of chains outside of their databases.</summary>
/// <param name="Unreadable">What is wrong with lines that are none.</param>
public sealed record AnchorSet(IReadOnlyList<AuditAnchor> Anchors, IReadOnlyList<string> Unreadable)
{
    public static AnchorSet None { get; } = new([], []);
}
