namespace Migrations.Engine.Migrate;

/// <summary>What Initialize-MigrationDatabase leaves.</summary>
/// <param name="Environment">The stamp; null when none was ever set.</param>
/// <param name="Created">False when the history schema was there already.</param>
/// <param name="UpgradedFrom">The layout that it had before; null when it was the newest, or none.</param>
public sealed record InitializedDatabase(string Database, string HistorySchema, int LayoutVersion, string? Environment, bool Created, int? UpgradedFrom = null);
