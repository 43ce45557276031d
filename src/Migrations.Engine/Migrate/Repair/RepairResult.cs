namespace Migrations.Engine.Migrate;

/// <summary>A correction that is on record.</summary>
public sealed record RepairResult(string Version, string Name, RepairAction Action, string Reason, string Consequence, DateTime At, string By, Guid RunId, RunTarget Target);
