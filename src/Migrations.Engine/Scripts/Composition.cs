namespace Migrations.Engine.Scripts;

/// <summary>The whole text of a section, and what else it is made of.</summary>
/// <param name="Files">Every file that gave text to it.</param>
/// <param name="Data">The files that its <c>\copy</c> commands read.</param>
internal sealed record Composition(ComposedText Text, IReadOnlyList<SourceFile> Files, IReadOnlyList<DataReference> Data);
