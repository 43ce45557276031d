namespace Migrations.Engine.Scripts;

/// <summary>
/// What a script says about itself in the comment block that begins with <c>-- migration: TITLE</c> on its first line.
/// The block is strict, so that a typo cannot switch safety off.
/// </summary>
public sealed record ScriptHeader
{
    /// <summary>Of a file without a header.</summary>
    public static ScriptHeader None { get; } = new();

    public string? Title { get; init; }

    public string? Author { get; init; }

    public string? Ticket { get; init; }

    public string? Description { get; init; }

    /// <summary>Versions or names of the scripts that must run before this one.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public TransactionMode Transaction { get; init; }

    /// <summary>Null: the project's; zero: no limit.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>Null: the project's; zero: no limit.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>The role to run as, unquoted.</summary>
    public string? RunAs { get; init; }

    /// <summary>Schemas, unquoted; empty: the session's.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];

    /// <summary>Why there is no way back.</summary>
    public string? Irreversible { get; init; }

    public RiskLevel? Risk { get; init; }

    public LineEnds LineEnds { get; init; }

    /// <summary>Of a checkpoint: the scripts that it stands for.</summary>
    public ReplacedScripts? Replaces { get; init; }

    /// <summary>The lines as written, in order, the title among them.</summary>
    public IReadOnlyList<HeaderEntry> Entries { get; init; } = [];

    internal HeaderEntry? EntryOf(string key) => Entries.FirstOrDefault(e => e.Key == key);
}
