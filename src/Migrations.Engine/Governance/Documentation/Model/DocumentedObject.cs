namespace Migrations.Engine.Governance;

/// <summary>Any other object: its kind as PostgreSQL calls it, its name, and what is to be said of it.</summary>
public sealed record DocumentedObject(string Kind, string Identity, string? Comment, IReadOnlyList<DocumentedFact> Facts);
