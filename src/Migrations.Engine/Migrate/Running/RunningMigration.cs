using Migrations.Engine.Online;

namespace Migrations.Engine.Migrate;

/// <summary>A run as another session sees it now. What could not be seen is null, and <see cref="Unknown"/> says why.</summary>
public sealed record RunningMigration
{
    /// <summary>Null while it is starting.</summary>
    public Guid? RunId { get; init; }

    public required RunningState State { get; init; }

    /// <summary>migrate or undo; null while it is starting.</summary>
    public string? Kind { get; init; }

    /// <summary>OS user, host and database role; while it is starting what the server tells of its session.</summary>
    public string? Who { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? Since { get; init; }

    public TimeSpan? Elapsed { get; init; }

    /// <summary>The script that it is at.</summary>
    public string? Script { get; init; }

    public string? Path { get; init; }

    public TimeSpan? ScriptElapsed { get; init; }

    /// <summary>Scripts that it has finished.</summary>
    public int Succeeded { get; init; }

    /// <summary>Parts of the script that are committed already, when it is not one transaction.</summary>
    public int PartsDone { get; init; }

    /// <summary>The beginning of what the server executes, with the text in quotes taken out: it may be a secret that only the run knows.</summary>
    public string? Statement { get; init; }

    public TimeSpan? StatementElapsed { get; init; }

    /// <summary>active, idle in transaction and so on, as pg_stat_activity has it.</summary>
    public string? SessionState { get; init; }

    /// <summary>What its session waits for, as <c>Lock: relation</c>; null when it waits for nothing.</summary>
    public string? Wait { get; init; }

    /// <summary>Who is in its way.</summary>
    public IReadOnlyList<Blocker> BlockedBy { get; init; } = [];

    /// <summary>Who waits behind it.</summary>
    public IReadOnlyList<Blocker> Waiting { get; init; } = [];

    /// <summary>What the server tells of a long statement; null when it tells nothing.</summary>
    public RunningProgress? Progress { get; init; }

    /// <summary>Time left of the statement where it can be known, which is seldom.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>What could not be seen, and the right that is missing.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Of its session on the server; null when that is gone.</summary>
    public int? Pid { get; init; }

    public required string Database { get; init; }

    public required string HistorySchema { get; init; }

    public override string ToString() => RunId is { } id ? $"run {id} ({Script ?? Kind}, by {Who})" : $"a run that is starting (pid {Pid}, {Who})";
}
