using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>What is known of one script when the rules are asked.</summary>
internal sealed record PolicyCase
{
    public required string Name { get; init; }

    /// <summary>Empty for what has none.</summary>
    public string Version { get; init; } = "";

    /// <summary>To the project, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>Null for what is taken back: there only its statements count.</summary>
    public Script? Script { get; init; }

    public required IReadOnlyList<PolicyStatement> Statements { get; init; }

    /// <summary>Of this very text, rehearsed to its end; null: there is none, or it is about something else.</summary>
    public MigrationReport? Report { get; init; }

    /// <summary>What the report says, whether or not the rehearsal came to its end.</summary>
    public MigrationReport? Said { get; init; }

    /// <summary>The schema that holds the module's own tables.</summary>
    public required string HistorySchema { get; init; }

    /// <summary>Values that were given as secrets: they stand in no file.</summary>
    public IReadOnlyCollection<string> Secrets { get; init; } = [];

    public bool IsUndo => Script is null;

    public bool IsHook => Script?.Kind == ScriptKind.Hook;

    private ResultingCatalog? _catalog;

    /// <summary>Null without a report.</summary>
    public ResultingCatalog? Catalog => Report is null ? null : _catalog ??= ResultingCatalog.Of(Report);

    /// <summary>
    /// Statements that no word explains and no report either. A down that was proven to leave nothing behind is explained. What a rehearsal without a
    /// superuser's rights could not do, and what the script then caught as an error, may well be done on the target.
    /// </summary>
    public IEnumerable<PolicyStatement> Unread => Statements.Where(statement => statement.Opaque is not null
        && (Report is null || (Script is not null && RunTimeText.Find(Script) is not null && RunTimeText.MayCatch(Script)) || (statement.Section == SectionKind.Down && Report.Find("reversible")?.Verdict != ProofVerdict.Proven)));

    public static PolicyCase Of(Script script, MigrationReport? report, ScriptProject project) => new()
    {
        Name = script.Name,
        Version = script.Version?.ToString() ?? "",
        Path = script.RelativePath,
        Script = script,
        Statements = [.. PolicyStatement.Of(script)],
        Report = report is { Error: null, SchemaAfter: not null } ? report : null,
        Said = report,
        HistorySchema = project.Settings.HistorySchema,
        Secrets = [.. project.Variables.Secrets],
    };

    public static PolicyCase OfUndo(PlannedScript script, ScriptProject project) => new()
    {
        Name = script.Name,
        Version = script.Version,
        Path = script.Path,
        Statements = [.. script.Steps.Select(step => new PolicyStatement(step, SectionKind.Down))],
        HistorySchema = project.Settings.HistorySchema,
        Secrets = [.. project.Variables.Secrets],
    };
}
