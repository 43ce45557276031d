using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>One script as its rules see it: its statements, what was there before, what is there after, and how big it is on the target.</summary>
internal sealed class ScriptReading
{
    /// <summary>Longer ones are rows; nobody hides a schema change in them.</summary>
    public const int LongestText = 100_000;

    /// <summary>Below both, work on a table is over before anybody minds.</summary>
    private const long FewRows = 10_000;
    private const long FewBytes = 8 << 20;

    private readonly Dictionary<SqlName, int> _bornAt = [];
    private readonly Dictionary<SqlName, SqlName> _formerly = [];
    private readonly List<string> _path;

    private ScriptReading(LintCase lintCase)
    {
        Case = lintCase;
        Before = lintCase.Before is { } before ? new KnownSchema(before) : null;
        After = lintCase.After is { } after ? new KnownSchema(after) : null;
        var reports = lintCase.Statements.ToDictionary(report => report.Number);
        _path = [.. lintCase.Script.Up.Settings.SearchPath];
        var timeout = lintCase.Script.Up.Settings.LockTimeout ?? lintCase.DefaultLockTimeout;
        var statements = new List<LintedStatement>();
        foreach (var (index, segment) in lintCase.Segments.Index())
        {
            foreach (var step in segment.Steps)
            {
                var acts = Acts(step, reports.GetValueOrDefault(step.Number));
                var place = new StatementPlace(index, segment.IsTransaction, ReferenceEquals(step, segment.Steps[^1]), step.Facts.IsConcurrent ? TimeSpan.Zero : timeout);
                statements.Add(new LintedStatement(step, acts, reports.GetValueOrDefault(step.Number), place));
                foreach (var act in acts) Note(act, statements[^1], ref timeout);
            }
        }

        if (_path.Count == 0) _path.Add("public");
        Statements = statements;
    }

    public LintCase Case { get; }

    public IReadOnlyList<LintedStatement> Statements { get; }

    /// <summary>Null without a rehearsal.</summary>
    public KnownSchema? Before { get; }

    /// <summary>Null without a rehearsal, or when it failed.</summary>
    public KnownSchema? After { get; }

    public static ScriptReading Of(LintCase lintCase) => new(lintCase);

    /// <summary>True when the script itself made it before this statement: nobody else has seen it yet.</summary>
    public bool IsBorn(SqlName name, LintedStatement at)
    {
        if (_bornAt.TryGetValue(Full(name), out var number) && number < at.Number) return true;
        return at.IsRehearsed && Before is not null && !Before.HasRelation(Formerly(name));
    }

    /// <summary>The relation as the script found it; null when it is not known, or was not there.</summary>
    public CatalogObject? Found(SqlName name) => Before?.Relation(Formerly(name), _path);

    /// <summary>The relation as the script left it.</summary>
    public CatalogObject? Left(SqlName name) => After?.Relation(name, _path);

    public CatalogObject? ColumnFound(SqlName table, string column) => Found(table) is { } relation ? Before!.Column(relation, column) : null;

    public IEnumerable<(LintedStatement Statement, T Act)> All<T>()
        where T : Act => Statements.SelectMany(statement => statement.Acts.OfType<T>().Select(act => (statement, act)));

    /// <summary>Acts of the statements before this one, and of the same statement.</summary>
    public IEnumerable<T> Until<T>(LintedStatement at)
        where T : Act => All<T>().Where(found => found.Statement.Number <= at.Number).Select(found => found.Act);

    public LiveRelation? Live(SqlName name) => Case.Live?.Find(Identity(name));

    /// <summary>Full name where the catalog tells it, else as it is spelled.</summary>
    public string Identity(SqlName name) => Found(name)?.Identity ?? Left(name)?.Identity ?? (name.Schema is null && Case.Live is not null ? $"{_path[0]}.{name.Spelled}" : name.Spelled);

    /// <summary>With the target's size when that is known: <c>public.analytics (412 GB, 1.2 billion rows)</c>.</summary>
    public string Describe(SqlName name) => Live(name) switch
    {
        null => IsYetToCome(name) ? $"{Identity(name)} (not on the target yet)" : Identity(name),
        { Rows: { } rows } live => $"{Identity(name)} ({Magnitude.Bytes(live.TotalBytes)}, {Magnitude.Rows(rows)})",
        var live => $"{Identity(name)} ({Magnitude.Bytes(live.TotalBytes)})",
    };

    /// <summary>True when the target says that it holds next to nothing, or has it not yet: another pending script makes it.</summary>
    public bool IsSmall(SqlName name) => IsYetToCome(name) || Live(name) is { Rows: < FewRows, TotalBytes: < FewBytes };

    private bool IsYetToCome(SqlName name) => Case.Live is not null && Found(name) is { Kind: "table" } && Live(name) is null;

    /// <summary>In the schema where the server finds it, or would make it.</summary>
    private SqlName Full(SqlName name) => name.Schema is not null ? name
        : SqlName.Parse(Before?.Relation(name, _path)?.Identity ?? $"{Identifier.Quote(_path is [var first, ..] ? first : "public")}.{name.Spelled}");

    private SqlName Formerly(SqlName name) => _formerly.GetValueOrDefault(Full(name), name);

    private static IReadOnlyList<Act> Acts(ScriptStep step, StatementReport? report)
    {
        var opaque = step.Facts.Verb is "DO" or "CALL" or "SELECT" or "EXECUTE" or "VALUES" or "";
        if (opaque && report is not null) return EffectReading.Of(report);
        if (step.Text.Length > LongestText) return [];
        return StatementSplitter.Split(step.Text + "\n;").Elements.OfType<SqlStatement>().FirstOrDefault(s => !s.IsEmpty) is { } statement ? TextReading.Of(statement) : [];
    }

    private void Note(Act act, LintedStatement at, ref TimeSpan timeout)
    {
        switch (act)
        {
            case CreateTable create when create.IsTemporary || IsMade(create.Name, at):
                _bornAt.TryAdd(Full(create.Name), at.Number);
                break;
            case CreateRelation create when IsMade(create.Name, at):
                _bornAt.TryAdd(Full(create.Name), at.Number);
                break;
            case RenameRelation { Kind: "TABLE" } rename:
                if (_bornAt.ContainsKey(Full(rename.Name))) _bornAt.TryAdd(Full(rename.To), at.Number);
                else _formerly[Full(rename.To)] = Formerly(rename.Name);
                break;
            case SetSetting { Setting: "lock_timeout" } set:
                timeout = Settings.Time(set.Value);
                break;
            case SetSetting { Setting: "search_path" } set:
                _path.InsertRange(0, set.Value.Split(',').Select(schema => SqlName.Fold(schema.Trim().Trim('\''))));
                break;
        }
    }

    /// <summary>False where IF NOT EXISTS found it there, as far as that can be known.</summary>
    private bool IsMade(SqlName name, LintedStatement at) =>
        at.Report is not { } report || Before?.HasRelation(name) != true || report.Changes.Any(change => change.Change == CatalogChange.Created && name.MayBe(change.Identity));
}
