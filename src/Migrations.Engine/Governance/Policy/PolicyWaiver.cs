using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Somebody answers for letting findings of one rule pass in one script, for a while.</summary>
/// <param name="Script">Its version or its name; <c>*</c>: findings that are about no script.</param>
/// <param name="Until">The last day on which it counts.</param>
internal sealed record PolicyWaiver(string Rule, string Script, string Reason, string Owner, DateOnly Until, SourcePosition Position)
{
    public bool Covers(PolicyFinding finding, string? version) =>
        finding.Rule == Rule && (finding.Script is null ? Script == "*" : Names(finding.Script, version));

    public bool Names(string name, string? version) =>
        Script == name || (version is { Length: > 0 } && ScriptVersion.TryParse(Script, out var wanted) && ScriptVersion.TryParse(version, out var its) && wanted == its);

    public bool HasExpired(DateOnly today) => Until < today;
}
