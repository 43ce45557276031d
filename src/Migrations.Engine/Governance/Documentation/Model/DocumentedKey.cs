namespace Migrations.Engine.Governance;

/// <summary>A constraint that is no foreign key.</summary>
/// <param name="Kind">As PostgreSQL calls it: primary key, unique constraint, check constraint.</param>
/// <param name="Definition">As SQL says it.</param>
/// <param name="Columns">Of a primary or unique key; empty for others.</param>
/// <param name="IsValidated">False: older rows may break it.</param>
public sealed record DocumentedKey(string Kind, string Name, string Definition, IReadOnlyList<string> Columns, bool IsValidated, string? Comment);
