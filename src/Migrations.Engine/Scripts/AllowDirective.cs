namespace Migrations.Engine.Scripts;

/// <summary><c>-- allow: RULE reason=... until=...</c>: a finding that the author accepts, and for how long.</summary>
/// <param name="Until">The last day on which it counts; null: always.</param>
public sealed record AllowDirective(string Rule, string? Reason, DateOnly? Until, SourcePosition Position);
