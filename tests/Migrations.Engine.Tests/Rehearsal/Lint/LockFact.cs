namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What PostgreSQL does for one statement, by its own account.</summary>
/// <param name="Row">Of the table of rules.</param>
/// <param name="Locks">ROW SHARE and stronger on tables that were there before, by name: <c>parent ShareRowExclusive, t AccessExclusive</c>.</param>
/// <param name="Rewrites">Tables and indexes with a new file or a new OID, by name.</param>
/// <param name="Scans">Tables that were read from end to end, by name.</param>
public sealed record LockFact(string Row, string Sql, string Locks, string Rewrites = "", string Scans = "")
{
    /// <summary>Runs in the transaction before the facts are taken.</summary>
    public string First { get; init; } = "";

    /// <summary>A table that the planner reads whole or by its index, as it likes.</summary>
    public string MayScan { get; init; } = "";

    /// <summary>The first major that knows the statement.</summary>
    public int Since { get; init; } = 15;

    public override string ToString() => $"{Row}: {Sql}";
}
