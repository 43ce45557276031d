namespace Migrations.Engine.Migrate;

/// <summary>One thing that a view has, as the statement that gives it again.</summary>
/// <param name="Kind">view or materialized view.</param>
/// <param name="View">Its full name, quoted.</param>
/// <param name="Part">One of <see cref="ViewPart"/>, or "other".</param>
/// <param name="Column">Of this column, unquoted; null: of the whole.</param>
/// <param name="IsPlain">A new view would have it too.</param>
internal sealed record ViewLine(long Oid, string Kind, string View, string Part, string? Column, string Statement, bool IsPlain);
