using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>One script of a plan, cut into the segments in which it will run.</summary>
public sealed record PlannedScript
{
    public required ScriptKey Key { get; init; }

    /// <summary>The version as its file spells it.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    public required Direction Direction { get; init; }

    public required string Path { get; init; }

    /// <summary>Of the section that runs.</summary>
    public required SectionSettings Settings { get; init; }

    public string? Author { get; init; }

    public string? Ticket { get; init; }

    public string? Irreversible { get; init; }

    public required string ExactHash { get; init; }

    public required string TokenHash { get; init; }

    /// <summary>Pending below a higher version that has run.</summary>
    public bool OutOfOrder { get; init; }

    /// <summary>Its last attempt failed or never ended.</summary>
    public bool IsRetry { get; init; }

    public required IReadOnlyList<Segment> Segments { get; init; }

    public IReadOnlyList<ScriptStep> Check { get; init; } = [];

    public IReadOnlyList<ScriptStep> Verify { get; init; } = [];

    /// <summary>CSV files of the script's folder, loaded behind its last statement and before its verify section: full paths.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];

    /// <summary>The statements exactly as they will be sent.</summary>
    public IEnumerable<string> Statements => Segments.SelectMany(segment => segment.Steps).Select(step => step.Text);

    /// <summary>One transaction: all of it or nothing.</summary>
    public bool IsAtomic => Segments is [{ IsTransaction: true }];

    internal string? UpText { get; init; }

    internal string? DownText { get; init; }

    /// <summary>What the before-each hook runs inside the first transaction.</summary>
    internal IReadOnlyList<ScriptStep> Before { get; init; } = [];

    /// <summary>What the after-each hook runs inside the last one.</summary>
    internal IReadOnlyList<ScriptStep> After { get; init; } = [];

    /// <summary>Where views are in its way, one for each statement that the server refused for them.</summary>
    internal IReadOnlyList<ViewsAside> Aside { get; init; } = [];

    /// <summary>All statements of the section, its BEGIN and COMMIT included: what <see cref="Segments"/> are cut from.</summary>
    internal IReadOnlyList<ScriptStep> Steps { get; init; } = [];

    /// <summary>Where an earlier attempt, or this one, had to be cut.</summary>
    internal IReadOnlyList<SegmentBoundary> Boundaries { get; init; } = [];

    /// <summary>Segments that an earlier attempt committed: not run again.</summary>
    internal IReadOnlySet<int> DoneSegments { get; init; } = new HashSet<int>();

    /// <summary>What became of the statements outside a transaction that an earlier attempt began; by segment.</summary>
    internal IReadOnlyDictionary<int, StepPast> Past { get; init; } = new Dictionary<int, StepPast>();

    /// <returns>The index of the segment that holds the statement; null for one that is not the section's own, such as a hook's.</returns>
    internal int? SegmentOf(ScriptStep step)
    {
        for (var segment = 0; segment < Segments.Count; segment++)
        {
            if (Segments[segment].Steps.Contains(step)) return segment;
        }

        return null;
    }

    internal ScriptAttempt Attempt(Guid runId) => new(
        Guid.CreateVersion7(), runId, Key, Name, Title, Direction, Path, Author, Ticket,
        ExactHash, TokenHash, ScriptHashes.TokenAlgorithm, UpText, DownText, Irreversible, OutOfOrder, IsAtomic);
}
