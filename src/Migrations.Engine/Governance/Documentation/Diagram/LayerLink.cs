namespace Migrations.Engine.Governance;

/// <summary>A line from an item to one of the next column.</summary>
/// <param name="Port">Where it leaves, from the item's top.</param>
/// <param name="OtherPort">Where it arrives, from the other's top.</param>
internal readonly record struct LayerLink(int Port, LayerItem Other, int OtherPort);
