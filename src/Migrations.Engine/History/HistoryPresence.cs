namespace Migrations.Engine.History;

/// <summary>Whether a database has a history, which layout it has, and which environment the database is stamped as.</summary>
internal sealed record HistoryPresence(int? LayoutVersion, string? Environment)
{
    public bool IsInstalled => LayoutVersion > 0;
}
