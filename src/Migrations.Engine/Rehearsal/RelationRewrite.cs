namespace Migrations.Engine.Rehearsal;

/// <summary>A relation that was there before the script and got a new file: every row, or every entry of an index, was written again.</summary>
/// <param name="Kind"><c>table</c>, <c>index</c>, <c>materialized view</c>, <c>sequence</c>.</param>
/// <param name="Table">The table of an index; null for the others.</param>
public sealed record RelationRewrite(string Relation, string Kind, string? Table);
