namespace Migrations.Engine.Scripts;

/// <summary>A directive and the extent of its comment.</summary>
internal sealed record PlacedDirective(Directive Directive, int Start, int End);
