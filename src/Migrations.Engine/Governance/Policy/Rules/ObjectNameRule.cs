using System.Text.RegularExpressions;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Of what a script makes. By the report where there is one: then also what a DO block makes has a name.</summary>
internal sealed class ObjectNameRule : PolicyRule
{
    private const string Default = "[a-z][a-z0-9_]*";

    private static readonly Regex s_pattern = PatternOf(Default);

    /// <summary>Kinds of the catalog that somebody gives a name to. A trigger or a constraint may have the server's.</summary>
    private static readonly string[] s_kinds =
        ["schema", "table", "partitioned table", "foreign table", "view", "materialized view", "column", "sequence", "index", "function", "procedure", "enum", "composite type", "domain", "range", "trigger", "policy",
         "primary key", "foreign key", "unique constraint", "check constraint", "exclusion constraint"];

    public override string Id => "object-name";

    public override string Title => "New tables, columns, indexes, functions and types have names of one form";

    public override string Rationale => "A name that needs quotes is quoted wrongly one day; names of one form are guessed right.";

    public override string Control => "ISO/IEC 27001 A.8.32: changes follow the rules of development.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IReadOnlyList<PolicyOption> Options { get; } = [new("pattern", PolicyOptionKind.Pattern, "The whole name, without its schema.", $"\"{Default}\"", [])];

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Script is null || it.IsHook) return [];
        var pattern = settings.Patterns.GetValueOrDefault("pattern", s_pattern);
        return it.Catalog is { } catalog ? InCatalog(it, catalog, pattern) : InText(it, pattern);
    }

    private IEnumerable<PolicyFinding> InCatalog(PolicyCase it, ResultingCatalog catalog, Regex pattern)
    {
        foreach (var made in catalog.Objects.Where(made => made.IsNew && s_kinds.Contains(made.Kind)))
        {
            // An index that a key brought along is told by the key.
            if (made.Kind == "index" && made.Now("constraint") is not null) continue;
            var name = NameOf(made.Identity);
            if (!pattern.IsMatch(name)) yield return Wrong(it, made.Path, made.Line, made.Kind, name, pattern);
        }
    }

    private IEnumerable<PolicyFinding> InText(PolicyCase it, Regex pattern)
    {
        foreach (var statement in it.Statements.Where(statement => statement.Section == SectionKind.Up))
        {
            if (statement.Parsed is not { } parsed) continue;
            foreach (var (kind, name) in TextReading.Of(parsed).SelectMany(Names).DistinctBy(named => named.Name))
                if (!pattern.IsMatch(name)) yield return Wrong(it, statement.Step.Position.File, statement.Step.Position.Line, kind, name, pattern);
        }

        if (it.Unread.FirstOrDefault(statement => statement.Section == SectionKind.Up) is { } unread)
        {
            yield return Find(it, unread.Step.Position, $"{unread.Opaque}: which names it gives cannot be told from the script.",
                "Write the statement out; or rehearse the script (Test-Migration -OutFile) and give the report.") with { Outcome = PolicyOutcome.Unknown };
        }
    }

    private PolicyFinding Wrong(PolicyCase it, string file, int? line, string kind, string name, Regex pattern) =>
        Find(it, file, line, $"The {kind} '{name}' does not match {FileNameRule.Shown(pattern)}.", "Give it another name before anybody uses it.");

    private static IEnumerable<(string Kind, string Name)> Names(Act act) => act switch
    {
        CreateTable { IsTemporary: true } => [],
        CreateTable table => [("table", table.Name.Name), .. table.Columns.Select(column => ("column", SqlName.Fold(column.Name)))],
        AddColumn added => [("column", SqlName.Fold(added.Column.Name))],
        RenameColumn renamed => [("column", SqlName.Fold(renamed.To))],
        RenameRelation renamed => [(renamed.Kind.ToLowerInvariant(), renamed.To.Name)],
        CreateRelation made => [(made.Kind.ToLowerInvariant(), made.Name.Name)],
        CreateIndex { Name: { } index } => [("index", index.Name)],
        CreateObject made => [(made.Kind.ToLowerInvariant(), made.Name.Name)],
        CreateEnum made => [("enum", made.Type.Name)],
        CreateDomain made => [("domain", made.Domain.Name)],
        MakeTrigger { Switches: false, Name: { } trigger } => [("trigger", SqlName.Fold(trigger))],
        _ => [],
    };

    /// <summary>The last part: <c>add</c> of <c>public.add(integer, numeric)</c>.</summary>
    private static string NameOf(string identity)
    {
        var quoted = false;
        for (var i = 0; i < identity.Length; i++)
        {
            if (identity[i] == '"') quoted = !quoted;
            else if (identity[i] == '(' && !quoted) return SqlName.Parse(identity[..i]).Name;
        }

        return SqlName.Parse(identity).Name;
    }
}
