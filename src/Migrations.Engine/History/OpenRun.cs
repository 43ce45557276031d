namespace Migrations.Engine.History;

/// <summary>The newest run of a database, as long as its end is not recorded.</summary>
internal sealed record OpenRun
{
    public required Guid RunId { get; init; }

    /// <summary>migrate, undo and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime StartedAt { get; init; }

    public required string DbRole { get; init; }

    public required string OsUser { get; init; }

    public required string Host { get; init; }

    /// <summary>Of the runner on its own host.</summary>
    public required int ProcessId { get; init; }

    public string? Project { get; init; }

    /// <summary>The pid of its session on the server.</summary>
    public int? Backend { get; init; }

    /// <summary>Scripts that it has finished.</summary>
    public required int Succeeded { get; init; }

    /// <summary>Whether a failure of one of its scripts is on record.</summary>
    public required bool HasFailed { get; init; }

    /// <summary>The script that it began and has not ended.</summary>
    public string? Script { get; init; }

    public string? Path { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? ScriptStartedAt { get; init; }

    /// <summary>Parts of that script that are committed, when it is not one transaction.</summary>
    public int PartsDone { get; init; }

    public string Who => $"{OsUser}@{Host} as {DbRole}";
}
