namespace Migrations.Engine.Governance;

/// <summary>A view or materialized view.</summary>
/// <param name="Definition">Its query.</param>
/// <param name="More">Its indexes, triggers and rules.</param>
public sealed record DocumentedView(
    string Identity, string Name, string Kind, string? Comment, IReadOnlyList<DocumentedColumn> Columns, string Definition, IReadOnlyList<DocumentedObject> More);
