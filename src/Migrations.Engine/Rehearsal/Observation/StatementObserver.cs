using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Looks at the session around each statement of one script, and writes down what the server shows: locks, rewrites, scans, WAL and the
/// difference of the catalogs. Effects count, not words, so what a DO block or a function does is seen as well.
/// </summary>
internal sealed class StatementObserver(
    ScriptKey key, ObservedRelations before, CatalogReader catalog, CatalogSnapshot found, IReadOnlyList<string> ownSchemas, Func<Session, ScriptStep, CancellationToken, Task<ILoneWatch>> watchAlone, TimeProvider clock)
    : IStepWatcher, IAsyncDisposable
{
    private static readonly string[] s_ofRows = ["INSERT", "UPDATE", "DELETE", "MERGE", "COPY"];

    private readonly List<StatementReport> _reports = [];
    private readonly Dictionary<uint, LockMode> _held = [];
    private readonly HashSet<uint> _gone = [];
    private readonly Dictionary<uint, long> _files = before.All.ToDictionary(relation => relation.Oid, relation => relation.File);
    private CatalogSnapshot _catalog = found;
    private (CatalogSnapshot Catalog, Dictionary<uint, long> Files, HashSet<uint> Gone) _entered = (found, [], []);
    private Sight? _earlier;
    private ILoneWatch? _watch;
    private long _began;
    private int _segment = -1;

    public IReadOnlyList<StatementReport> Reports => _reports;

    /// <summary>The catalog as the last statement left it.</summary>
    public CatalogSnapshot Catalog => _catalog;

    /// <summary>The statements of hooks are not the script's.</summary>
    public bool Watches(PlannedScript script, ScriptStep step) => script.Key == key && script.SegmentOf(step) is not null;

    public async Task BeforeAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken)
    {
        var segment = script.SegmentOf(step)!.Value;
        if (_reports.Count > 0 && step.Number <= _reports[^1].Number) Rewind(step.Number);
        // At a COMMIT all locks are gone.
        if (segment != _segment || step == script.Segments[segment].Steps[0]) Enter();
        if (_watch is { } left) await left.DisposeAsync();
        _segment = segment;
        var inTransaction = script.Segments[segment].IsTransaction;
        // The watch first: it may try the statement, and what that reads is not the run's.
        _watch = inTransaction ? null : await watchAlone(session, step, cancellationToken);
        _earlier = await Sight.TakeAsync(session, inTransaction, cancellationToken);
        _began = clock.GetTimestamp();
    }

    public async Task AfterAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken)
    {
        var segment = script.SegmentOf(step)!.Value;
        var duration = clock.GetElapsedTime(_began);
        var inTransaction = script.Segments[segment].IsTransaction;
        var alone = _watch is { } watch ? await watch.EndAsync(cancellationToken) : null;
        _watch = null;
        var sight = await Sight.TakeAsync(session, inTransaction, cancellationToken);
        // Rows alone do not change the catalog; a trigger that does is seen at the next other statement.
        var now = s_ofRows.Contains(step.Facts.Verb) && step != script.Segments[segment].Steps[^1] ? _catalog : await catalog.ReadAsync(session, cancellationToken);
        var last = script.Segments[segment].Steps[^1].Number;
        _reports.Add(new StatementReport
        {
            Number = step.Number,
            Verb = step.Facts.Verb,
            Text = step.SourceText.Trim(),
            Path = step.Position.File,
            Line = step.Position.Line,
            Segment = segment,
            InTransaction = inTransaction,
            Duration = duration,
            LockTimeout = sight.LockTimeout,
            Locks = [.. Stronger(alone ?? sight.Locks, step.Number, last)],
            Rewrites = [.. Rewritten(sight)],
            Scans = [.. Scanned(_earlier!, sight)],
            WalBytes = sight.Wal - _earlier!.Wal,
            Changes = _catalog.DifferencesTo(now),
            History = [.. OfHistory(_earlier!, sight, alone ?? sight.Locks)],
        });
        _catalog = now;
    }

    /// <summary>A statement that failed has left its watch behind.</summary>
    public ValueTask DisposeAsync() => _watch?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Enter()
    {
        _held.Clear();
        _entered = (_catalog, new Dictionary<uint, long>(_files), [.. _gone]);
    }

    /// <summary>The runner began the segment anew: what was seen of the first try was rolled back.</summary>
    private void Rewind(int number)
    {
        _reports.RemoveAll(report => report.Number >= number);
        (_catalog, var files, var gone) = _entered;
        _files.Clear();
        foreach (var (oid, file) in files) _files[oid] = file;
        _gone.Clear();
        _gone.UnionWith(gone);
    }

    private IEnumerable<RelationLock> Stronger(IEnumerable<SeenLock> locks, int from, int to)
    {
        foreach (var group in locks.GroupBy(seen => seen.Relation))
        {
            if (before.Find(group.Key) is not { } relation) continue;
            var mode = group.Max(seen => seen.LockMode);
            if (_held.TryGetValue(relation.Oid, out var held) && held >= mode) continue;
            _held[relation.Oid] = mode;
            yield return new RelationLock(relation.Name, relation.Kind, mode, from, to);
        }
    }

    /// <summary>Reading the history is no harm; whatever locks it more than a reader does is none of a script's business.</summary>
    private IEnumerable<string> OfHistory(Sight earlier, Sight sight, IEnumerable<SeenLock> locks)
    {
        var held = earlier.Locks.ToHashSet();
        return from seen in locks
               where seen.LockMode > LockMode.AccessShare && !held.Contains(seen)
               let name = sight.Files.Concat(earlier.Files).FirstOrDefault(file => file.Relation == seen.Relation)?.Name
               where name is not null && ownSchemas.Contains(SqlName.Parse(name).Schema!)
               group seen by name into touched
               orderby touched.Key
               select touched.Key;
    }

    /// <summary>By file where the relation is the same; by name where an index was dropped and made again in one statement, as a change of type or collation does. It may keep its file then: a longer varchar does.</summary>
    private List<RelationRewrite> Rewritten(Sight sight)
    {
        var rewrites = new List<RelationRewrite>();
        var now = sight.Files.ToDictionary(file => file.Relation);
        foreach (var (oid, file) in _files.ToList())
        {
            if (file == 0 || _gone.Contains(oid)) continue;
            var relation = before.Find(oid)!;
            if (now.TryGetValue(oid, out var seen))
            {
                if (seen.File == file) continue;
                _files[oid] = seen.File;
                rewrites.Add(new RelationRewrite(relation.Name, relation.Kind, relation.Table));
                continue;
            }

            _gone.Add(oid);
            if (relation.Kind == "index" && sight.Files.Any(other => other.Name == relation.Name && other.File != file && before.Find(other.Relation) is null))
                rewrites.Add(new RelationRewrite(relation.Name, relation.Kind, relation.Table));
        }

        return rewrites;
    }

    private IEnumerable<RelationScan> Scanned(Sight earlier, Sight sight) =>
        from scan in sight.Scans.Values
        let relation = before.Find(scan.Relation)
        where relation is not null
        let then = earlier.Scans.GetValueOrDefault(scan.Relation) ?? new SeenScan(scan.Relation, 0, 0)
        where scan.Count > then.Count
        orderby relation.Name
        select new RelationScan(relation.Name, scan.Count - then.Count, scan.Rows - then.Rows);
}
