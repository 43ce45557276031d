namespace Migrations.Engine.Migrate;

/// <summary>Why a gate does not let a plan pass.</summary>
/// <param name="Script">The script's name, or null when it concerns the whole plan.</param>
/// <param name="Advice">The way out.</param>
public sealed record GateRefusal(string? Script, string Reason, string Advice);
