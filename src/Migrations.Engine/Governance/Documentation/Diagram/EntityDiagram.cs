namespace Migrations.Engine.Governance;

/// <summary>Tables and what leads from one to another, to be drawn.</summary>
/// <param name="Title">Of what: all tables, or a schema.</param>
/// <param name="Entities">In ordinal order.</param>
/// <param name="LeftOut">What is not drawn, in sentences; empty when nothing.</param>
public sealed record EntityDiagram(string Title, IReadOnlyList<DiagramEntity> Entities, IReadOnlyList<DocumentedForeignKey> Relations, IReadOnlyList<string> LeftOut);
