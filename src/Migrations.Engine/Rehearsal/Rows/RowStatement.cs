namespace Migrations.Engine.Rehearsal;

/// <summary>
/// The statement that fills one table: it draws candidates out of the pools of its columns and the keys of its parents, and inserts those
/// that every constraint lets through. Candidates have numbers and are the same in each run.
/// </summary>
/// <param name="Sql"><c>$1</c> and <c>$2</c>: the first and last candidate; <c>$3</c>: how many rows at most; the pools follow.</param>
/// <param name="Unfiltered">The same without any question beforehand, to hear the server's own words.</param>
/// <param name="Derives">A column is made from others, as an equation among the checks asks.</param>
internal sealed record RowStatement(string Sql, string Unfiltered, IReadOnlyList<string?[]> Pools, bool Derives);
