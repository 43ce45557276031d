namespace Migrations.Engine.Migrate;

/// <summary>How far a statement is, from the server's progress views.</summary>
/// <param name="Command">Such as CREATE INDEX CONCURRENTLY, COPY FROM or VACUUM.</param>
/// <param name="Table">Null when our role may not see it.</param>
/// <param name="Done">In <paramref name="Unit"/>s of this phase.</param>
/// <param name="Total">Null when the server does not know, as for a COPY from the client.</param>
public sealed record RunningProgress(string Command, string? Table, string Phase, long? Done, long? Total, string Unit)
{
    /// <summary>Of this phase and not of the statement; null when the total is not known.</summary>
    public double? Percent => Total is > 0 and { } total && Done is { } done ? Math.Round(Math.Min(100, 100.0 * done / total), 1) : null;

    /// <summary>A statement that has one phase only: its percentage is the whole of it.</summary>
    internal bool IsWhole => Command.StartsWith("COPY", StringComparison.Ordinal);

    public override string ToString() => $"{Command} {Table}: {Phase}{(Percent is { } percent ? $" {percent:0.#} %" : "")}";
}
