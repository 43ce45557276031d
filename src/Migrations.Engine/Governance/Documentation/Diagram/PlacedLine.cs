namespace Migrations.Engine.Governance;

/// <summary>A foreign key as it is drawn.</summary>
/// <param name="Path">The line, in the words of SVG.</param>
/// <param name="Ends">What stands at its ends: a crow's foot where many rows refer, a bar where it is one.</param>
internal sealed record PlacedLine(DocumentedForeignKey Relation, string Path, string Ends);
