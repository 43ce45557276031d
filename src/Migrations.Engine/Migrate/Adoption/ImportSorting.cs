using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Sorts the entries of another tool's history into what goes on record and what is there already, and draws the map.</summary>
internal sealed class ImportSorting(ForeignHistory theirs, HistorySnapshot history)
{
    private const string ImportedKind = "imported";

    private readonly List<TakeOver> _scripts = [];
    private readonly HashSet<ScriptKey> _keys = [];
    private readonly List<HistoryMapRow> _map = [];
    private readonly List<string> _different = [];
    private readonly List<string> _takenBack = [];
    private readonly List<string> _changedViews = [];
    private int _withoutFile;

    public IReadOnlyList<TakeOver> Scripts => _scripts;

    public IReadOnlyList<HistoryMapRow> Map => _map;

    /// <summary>Files that are not what the tool ran.</summary>
    public IReadOnlyList<string> Different => _different;

    public IEnumerable<string> Warnings
    {
        get
        {
            if (_withoutFile > 0) yield return $"{_withoutFile} of {theirs.Tool}'s entries have no file in this project: they go on record as imported, with the original id, time and author.";
            if (_takenBack.Count > 0) yield return $"Taken back here since, and not taken over again: {string.Join(", ", _takenBack)}.";
            if (_changedViews.Count > 0) yield return $"Changed since {theirs.Tool} ran them, so the next run runs them again: {string.Join(", ", _changedViews)}.";
        }
    }

    public void Add(ForeignEntry entry, IReadOnlyList<ForeignMatch> matches)
    {
        foreach (var match in matches) Add(entry, match);
        if (matches.Count == 0) AddWithoutFile(entry);
    }

    private void Add(ForeignEntry entry, ForeignMatch match)
    {
        var script = match.Script;
        var key = ScriptKey.Of(script);
        var done = Decide(script, key, match.Content);
        _map.Add(Row(entry, key.Kind, script.Version?.ToString(), script.Name, script.RelativePath, match.Content, done));
        // Several change sets of one file are one script.
        if (done != "TakenOver" || !_keys.Add(key)) return;
        if (match.Content == ForeignMatch.Differs) _different.Add($"{script.RelativePath} ({entry.Id})");
        _scripts.Add(TakeOver.Of(script, Origin(entry) with { Content = match.Content }));
    }

    private string Decide(Script script, ScriptKey key, string? content)
    {
        Contradiction.Refuse(script, history);
        if (history.Applied(key) is not null) return "AlreadyThere";
        if (history.Newest(key) is { Succeeded: true, IsUp: false })
        {
            _takenBack.Add(script.Name);
            return "TakenBack";
        }

        if (script.Kind != ScriptKind.Repeatable || content != ForeignMatch.Differs) return "TakenOver";
        _changedViews.Add(script.Name);
        return "Changed";
    }

    private void AddWithoutFile(ForeignEntry entry)
    {
        var key = new ScriptKey(ImportedKind, $"{theirs.Tool}:{entry.Id}");
        var isThere = history.Applied(key) is not null;
        _map.Add(Row(entry, ImportedKind, null, null, null, null, isThere ? "AlreadyThere" : "TakenOver"));
        if (isThere || !_keys.Add(key)) return;
        _withoutFile++;
        _scripts.Add(TakeOver.WithoutFile(key, entry.Names is [var name, ..] ? name : entry.Id, entry.Title ?? entry.Id, entry.File ?? theirs.Table.ToString(), Origin(entry)));
    }

    private TakenOver Origin(ForeignEntry entry) => new()
    {
        Tool = theirs.Tool.ToString(),
        Table = theirs.Table.ToString(),
        OriginalId = entry.Id,
        OriginalTime = entry.Time,
        OriginalAuthor = entry.Author,
        Requires = entry.Requires.Count == 0 ? null : entry.Requires,
    };

    private HistoryMapRow Row(ForeignEntry entry, string kind, string? version, string? name, string? path, string? content, string done) =>
        new(theirs.Tool.ToString(), entry.Id, entry.Time, entry.Author, entry.File, kind, version, name, path, content, done);
}
