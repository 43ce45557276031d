namespace Migrations.Engine.Migrate;

/// <summary>A view, or a rule on it, reads another one.</summary>
internal sealed record ViewEdge(long View, long DependsOn);
