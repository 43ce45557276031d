using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>The newest outcome of one script, as history has it.</summary>
public sealed record HistoryRow
{
    public required string Kind { get; init; }

    /// <summary>The canonical version (<c>1.2.10</c>, no leading zeros), or the name of a repeatable.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    /// <summary>The version as the file spelled it (<c>007</c>), read from its name.</summary>
    public string WrittenVersion => ScriptName.TryParse(Name)?.Version?.ToString() ?? Version;

    public required string Title { get; init; }

    public required string Direction { get; init; }

    public required string Path { get; init; }

    public required string ExactHash { get; init; }

    public required string TokenHash { get; init; }

    public required int HashVersion { get; init; }

    public string? Irreversible { get; init; }

    public required bool OutOfOrder { get; init; }

    public required bool HasDown { get; init; }

    public required Guid RunId { get; init; }

    public required Guid AttemptId { get; init; }

    /// <summary>Position in the true order of events.</summary>
    public required long EventId { get; init; }

    /// <summary>Position of the event that applied the script: an accepted change does not move it in the order of what was applied.</summary>
    public long AppliedEventId { get; init; }

    /// <summary>
    /// ScriptStarted (nothing followed), ScriptSucceeded, ScriptFailed; ScriptBaselined (taken over without being run), ScriptAccepted (a changed
    /// text was accepted), ScriptForgotten (a failed attempt counts no more).
    /// </summary>
    public required string Outcome { get; init; }

    public required DateTime At { get; init; }

    public required double Seconds { get; init; }

    public required string DbRole { get; init; }

    public required string OsUser { get; init; }

    public required string Host { get; init; }

    public string? Message { get; init; }

    public string? SqlState { get; init; }

    public ScriptKey Key => new(Kind, Version);

    public bool Succeeded => Outcome is "ScriptSucceeded" or "ScriptBaselined" or "ScriptAccepted";

    /// <summary>On record without having been run; the message says whose claim it is.</summary>
    public bool IsTakenOver => Outcome == "ScriptBaselined";

    public bool IsForgotten => Outcome == "ScriptForgotten";

    public bool IsUp => Direction == "up";

    /// <summary>Who did it, for a person: the OS user and host, and the database role.</summary>
    public string Who => $"{OsUser}@{Host} as {DbRole}";
}
