namespace Migrations.Engine.Governance;

/// <summary>A table where it is drawn.</summary>
internal sealed record PlacedBox(DiagramEntity Entity, int X, int Y, int Width, int Height);
