namespace Migrations.Engine.Governance;

/// <summary>A document that would be written.</summary>
/// <param name="Of">The database, or the project's folder when no database is asked.</param>
/// <param name="Replaces">The file is there, and would be replaced.</param>
public sealed record PlannedDocument(string Path, string Format, string Of, bool Replaces);
