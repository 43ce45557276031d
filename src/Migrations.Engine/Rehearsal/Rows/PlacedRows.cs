namespace Migrations.Engine.Rehearsal;

/// <summary>What a table of the rehearsal holds when it has been filled.</summary>
/// <param name="Table">Full name, quoted where it must be.</param>
/// <param name="Rows">All of its rows, those that were there before included.</param>
/// <param name="Reason">Why it holds fewer rows than were wanted; null when it does not. Where rows are sampled also why some had to be made up.</param>
public sealed record PlacedRows(string Table, long Rows, string? Reason);
