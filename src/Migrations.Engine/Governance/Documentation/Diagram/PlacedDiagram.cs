namespace Migrations.Engine.Governance;

/// <summary>A diagram with everything in its place.</summary>
internal sealed record PlacedDiagram(int Width, int Height, bool ShowsSchema, IReadOnlyList<PlacedBox> Boxes, IReadOnlyList<PlacedLine> Lines);
