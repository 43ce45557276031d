namespace Migrations.Engine.History;

/// <summary>Whether a database has a history, which layout it has, and which environment the database is stamped as.</summary>
internal sealed record HistoryPresence(int? LayoutVersion, string? Environment)
{
    public static HistoryPresence None { get; } = new(null, null);

    public bool IsInstalled => LayoutVersion > 0;

    /// <summary>Null when the layout is the newest, or there is none.</summary>
    public HistoryUpgrade? UpgradeOf(HistorySchema schema) => LayoutVersion is > 0 and < HistorySchema.CurrentVersion and { } from ? new HistoryUpgrade(schema, from) : null;
}
