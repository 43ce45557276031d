namespace Migrations.Engine.History;

/// <summary>What history says of every script at one moment.</summary>
public sealed class HistorySnapshot
{
    private readonly Dictionary<ScriptKey, HistoryRow> _successes = [];
    private readonly Dictionary<ScriptKey, HistoryRow> _newest = [];
    private readonly ILookup<(ScriptKey Key, string Direction), HistoryStep> _steps;
    private readonly ILookup<ScriptKey, SegmentBoundary>? _boundaries;

    internal HistorySnapshot(IEnumerable<HistoryRow> rowsInOrder, IEnumerable<HistoryStep>? steps = null, ILookup<ScriptKey, SegmentBoundary>? boundaries = null)
    {
        _boundaries = boundaries;
        _steps = (steps ?? []).ToLookup(step => (new ScriptKey(step.Kind, step.Version), step.Direction));
        foreach (var row in rowsInOrder)
        {
            _newest[row.Key] = row;
            if (row.Succeeded) _successes[row.Key] = row;
        }
    }

    public static HistorySnapshot Empty { get; } = new([]);

    /// <summary>The applied versioned scripts in the order in which they were applied.</summary>
    public IReadOnlyList<HistoryRow> AppliedInOrder => [.. _successes.Values.Where(row => row.IsUp && row.Kind == "versioned").OrderBy(row => row.AppliedEventId)];

    /// <summary>Position of the newest event about a script; a plan made now is outdated when it has moved on.</summary>
    public long LastEventId => _newest.Values.Select(row => row.EventId).DefaultIfEmpty().Max();

    /// <summary>Versioned scripts whose newest attempt, applied or not, is what history knows last.</summary>
    public IEnumerable<HistoryRow> Versioned => _newest.Values.Where(row => row.Kind == "versioned");

    /// <summary>The newest attempt of every script.</summary>
    public IEnumerable<HistoryRow> Rows => _newest.Values;

    /// <summary>The success that put the script where it is, or null when it is not applied.</summary>
    public HistoryRow? Applied(ScriptKey key) => _successes.TryGetValue(key, out var row) && row.IsUp ? row : null;

    /// <summary>The newest attempt when it did not succeed and was not forgotten.</summary>
    public HistoryRow? Unfinished(ScriptKey key) => _newest.TryGetValue(key, out var row) && !row.Succeeded && !row.IsForgotten ? row : null;

    public HistoryRow? Newest(ScriptKey key) => _newest.GetValueOrDefault(key);

    /// <summary>What the unfinished attempts of a script, since its last success, committed or began outside transactions.</summary>
    internal IReadOnlyList<HistoryStep> StepsOf(HistoryRow row) => [.. _steps[(row.Key, row.Direction)]];

    /// <summary>Where its unfinished attempts had to be cut.</summary>
    internal IReadOnlyList<SegmentBoundary> BoundariesOf(HistoryRow row) => [.. _boundaries?[row.Key] ?? []];
}
