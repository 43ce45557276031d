namespace Migrations.Engine.Governance;

/// <summary>A table of a diagram with the columns of its keys.</summary>
/// <param name="Hidden">How many further columns of keys it has.</param>
public sealed record DiagramEntity(string Identity, string Schema, string Name, IReadOnlyList<DocumentedColumn> Rows, int Hidden);
