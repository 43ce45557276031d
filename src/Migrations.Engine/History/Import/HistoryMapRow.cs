namespace Migrations.Engine.History;

/// <summary>One line of the map: what another tool has on record, and what became of it here.</summary>
/// <param name="Kind">versioned, repeatable or imported.</param>
/// <param name="Done">TakenOver, AlreadyThere, TakenBack (Undo-Migration took it back here since), or Changed (a repeatable that will run again).</param>
public sealed record HistoryMapRow(
    string Tool, string OriginalId, string? OriginalTime, string? OriginalAuthor, string? OriginalFile,
    string Kind, string? Version, string? Name, string? Path, string? Content, string Done);
