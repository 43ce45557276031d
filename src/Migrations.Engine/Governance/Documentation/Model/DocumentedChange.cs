namespace Migrations.Engine.Governance;

/// <summary>One line of the change log.</summary>
/// <param name="Version">Empty for a repeatable.</param>
/// <param name="Act">Applied, Undone, Put on record, Change accepted.</param>
/// <param name="At">UTC.</param>
/// <param name="Role">The role of the database that did it; who sat before it is not told.</param>
/// <param name="Duration">Null where nothing ran.</param>
/// <param name="IsOutOfOrder">It ran after a higher version.</param>
public sealed record DocumentedChange(string Version, string Name, string Title, string Act, DateTime At, string Role, TimeSpan? Duration, bool IsOutOfOrder);
