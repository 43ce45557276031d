namespace Migrations.Engine.History;

/// <summary>One success on record: a script applied, taken back, put on record, or its changed text accepted.</summary>
internal sealed record HistoryChange
{
    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string Direction { get; init; }

    /// <summary>ScriptSucceeded, ScriptBaselined, ScriptAccepted.</summary>
    public required string Outcome { get; init; }

    public required bool OutOfOrder { get; init; }

    /// <summary>Position in the true order of events.</summary>
    public required long EventId { get; init; }

    public required DateTime At { get; init; }

    public required double Seconds { get; init; }

    public required string DbRole { get; init; }

    public ScriptKey Key => new(Kind, Version);
}
