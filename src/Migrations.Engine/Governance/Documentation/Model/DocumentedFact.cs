namespace Migrations.Engine.Governance;

/// <summary>Something that is said of an object.</summary>
/// <param name="Text">In SQL.</param>
public sealed record DocumentedFact(string Label, string Text);
