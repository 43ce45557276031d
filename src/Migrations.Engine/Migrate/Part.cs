namespace Migrations.Engine.Migrate;

/// <summary>Commands that commit together, and are tried again together when a lock was in the way.</summary>
/// <param name="Segment">Index of the segment that is committed when the part is done; -1 when none is.</param>
/// <param name="CanRetry">False where a failed try may have left something: a DO or CALL outside a transaction.</param>
internal sealed record Part(IReadOnlyList<Command> Commands, int Segment, bool CanRetry)
{
    /// <summary>Index of the segment that it is, for a statement outside a transaction; -1 for the others.</summary>
    public int Lone { get; init; } = -1;

    /// <summary>Index of the segment whose intent it records; -1 for the others.</summary>
    public int Intent { get; init; } = -1;

    /// <summary>A statement outside a transaction: alone in its message, or the server takes the message for a transaction.</summary>
    public bool IsLone => Commands is [Command.Step];

    /// <summary>Where the part is safe: what is sent behind its COMMIT cannot undo it. -1 when there is no COMMIT.</summary>
    public int CommitIndex => Commands.ToList().FindLastIndex(command => command is Command.Plain { Sql: "commit" });
}
