using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Says of each script what its header says, and where it stands.</summary>
internal sealed class ScriptReader(ScriptProject project, SecretMask secrets)
{
    /// <summary>With no history to ask.</summary>
    public IReadOnlyList<DocumentedScript> Read() => [.. project.Versioned.Concat(project.Repeatable).Select(script => Describe(script, null, null))];

    /// <param name="standing">In the order of Get-Migration.</param>
    public IReadOnlyList<DocumentedScript> Read(IEnumerable<MigrationStatus> standing, IReadOnlyList<HistoryChange> changes)
    {
        var files = project.Versioned.Concat(project.Repeatable).ToDictionary(script => (script.Kind, script.Name));
        // An accepted change is no new run, and what was taken back is applied no more.
        var applied = changes.Where(change => change.Outcome != "ScriptAccepted").GroupBy(change => change.Key).ToDictionary(group => group.Key, group => group.Last());
        return
        [
            .. standing.Select(status => files.TryGetValue((status.Kind, status.Name), out var script)
                ? Describe(script, status.State, At(applied.GetValueOrDefault(ScriptKey.Of(script))))
                : Gone(status, At(applied.Values.FirstOrDefault(change => change.Kind == ScriptKey.NameOf(status.Kind) && change.Name == status.Name)))),
        ];
    }

    public IReadOnlyList<DocumentedChange> Log(IReadOnlyList<HistoryChange> changes) =>
    [
        .. changes.Select(change => new DocumentedChange(
            change.Kind == "versioned" ? ScriptName.TryParse(change.Name)?.Version?.ToString() ?? change.Version : "", change.Name, secrets.Apply(change.Title),
            Act(change), change.At, change.DbRole, change.Outcome == "ScriptSucceeded" ? TimeSpan.FromSeconds(change.Seconds) : null, change.OutOfOrder)),
    ];

    private static DateTime? At(HistoryChange? change) => change is { Direction: "up" } ? change.At : null;

    private static string Act(HistoryChange change) => change switch
    {
        { Outcome: "ScriptBaselined" } => "Put on record",
        { Outcome: "ScriptAccepted" } => "Change accepted",
        { Direction: "down" } => "Undone",
        _ => "Applied",
    };

    private DocumentedScript Describe(Script script, MigrationState? state, DateTime? at) => new()
    {
        Version = script.Version?.ToString() ?? "",
        Name = script.Name,
        Title = secrets.Apply(script.Title),
        Kind = script.Kind,
        State = state,
        AppliedAt = at,
        Author = secrets.ApplyOrNull(script.Header.Author),
        Ticket = secrets.ApplyOrNull(script.Header.Ticket),
        Description = secrets.ApplyOrNull(script.Header.Description),
        Risk = script.Header.Risk,
        HasDown = script.Down is not null,
        Irreversible = secrets.ApplyOrNull(script.Header.Irreversible),
        Requires = script.Header.Requires,
        Tags = script.Header.Tags,
        Path = script.RelativePath,
    };

    private DocumentedScript Gone(MigrationStatus status, DateTime? at) => new()
    {
        Version = status.Version,
        Name = status.Name,
        Title = secrets.Apply(status.Title),
        Kind = status.Kind,
        State = status.State,
        AppliedAt = at,
        Author = secrets.ApplyOrNull(status.Author),
        Ticket = secrets.ApplyOrNull(status.Ticket),
        Path = status.Path ?? "",
    };
}
