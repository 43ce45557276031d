namespace Migrations.Engine.Governance;

/// <summary>Something of a rule that a policy may say otherwise.</summary>
/// <param name="Choices">The words that are allowed, in a list too; empty: any.</param>
/// <param name="Default">What holds when the policy says nothing, as JSON.</param>
internal sealed record PolicyOption(string Name, PolicyOptionKind Kind, string Description, string Default, IReadOnlyList<string> Choices);
