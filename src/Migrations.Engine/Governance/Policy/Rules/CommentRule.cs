using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>A table or column that gets another name counts as new: the catalog tells no difference. Partitions and temporary tables need no comment.</summary>
internal sealed class CommentRule : PolicyRule
{
    private static readonly string[] s_tables = ["table", "partitioned table", "foreign table"];

    public override string Id => "comment-on-new";

    public override string Title => "New tables and columns have a COMMENT";

    public override string Rationale => "What a column holds, and whether it is about a person, is known to whoever adds it and to nobody else a year later.";

    public override string Control => "SOC 2 CC8.1 (documented), ISO/IEC 27001 A.5.9 and A.5.34: information is known, and so is what is personal.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Warning;

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Script is null || it.IsHook) return [];
        return it.Catalog is { } catalog ? InCatalog(it, catalog) : InText(it);
    }

    private IEnumerable<PolicyFinding> InCatalog(PolicyCase it, ResultingCatalog catalog)
    {
        foreach (var made in catalog.Objects.Where(made => made.IsNew && made.Now("comment") is null))
        {
            if (s_tables.Contains(made.Kind) ? made.Now("partition of") is not null : made.Kind != "column" || !IsOfTable(made, catalog)) continue;
            yield return Lacking(it, made.Path, made.Line, made.Kind == "column" ? "column" : "table", made.Identity);
        }
    }

    /// <summary>Columns of views, of partitions and of children are told elsewhere.</summary>
    private static bool IsOfTable(ResultingObject column, ResultingCatalog catalog)
    {
        if (column.Now("inherited") is not null || column.Relation is not { } relation) return false;
        return catalog.Find("view", relation) is null && catalog.Find("materialized view", relation) is null;
    }

    private IEnumerable<PolicyFinding> InText(PolicyCase it)
    {
        var up = it.Statements.Where(statement => statement.Section == SectionKind.Up).ToList();
        var remarks = up.SelectMany(statement => Remarks(statement.Texts[0])).ToList();
        var dropped = up.SelectMany(Acts).OfType<DropObject>().Select(drop => drop.Name).ToList();
        foreach (var statement in up)
        {
            var place = statement.Step.Position;
            foreach (var act in Acts(statement))
            {
                if (act is CreateTable { IsTemporary: false, PartitionOf: null } table && !dropped.Exists(table.Name.MayBe))
                {
                    if (!remarks.Exists(remark => remark.Column is null && remark.Table.MayBe(table.Name))) yield return Lacking(it, place.File, place.Line, "table", table.Name.Spelled);
                    foreach (var column in table.Columns.Where(column => !HasRemark(table.Name, column.Name))) yield return Lacking(it, place.File, place.Line, "column", $"{table.Name.Spelled}.{column.Name}");
                }
                else if (act is AddColumn added && !HasRemark(added.Table, added.Column.Name))
                {
                    yield return Lacking(it, place.File, place.Line, "column", $"{added.Table.Spelled}.{added.Column.Name}");
                }
            }
        }

        if (it.Unread.FirstOrDefault(statement => statement.Section == SectionKind.Up) is { } unread)
        {
            yield return Find(it, unread.Step.Position, $"{unread.Opaque}: whether it makes a table or column without a comment cannot be told from the script.",
                "Write the statement out; or rehearse the script (Test-Migration -OutFile) and give the report.") with { Outcome = PolicyOutcome.Unknown };
        }

        bool HasRemark(SqlName table, string column) => remarks.Exists(remark => remark.Column == SqlName.Fold(column) && remark.Table.MayBe(table));
    }

    private PolicyFinding Lacking(PolicyCase it, string file, int? line, string kind, string name) => Find(it, file, line, $"The new {kind} {name} has no comment.", $"comment on {kind} {name} is '...';");

    private static IEnumerable<Act> Acts(PolicyStatement statement) => statement.Parsed is { } parsed ? TextReading.Of(parsed) : [];

    /// <summary>COMMENT ON TABLE t and COMMENT ON COLUMN t.c; one that is NULL takes the comment away.</summary>
    private static IEnumerable<(SqlName Table, string? Column)> Remarks(PolicyText text)
    {
        if (!text.HasAt(0, "COMMENT", "ON")) yield break;
        var at = text[2].Is("FOREIGN") ? 3 : 2;
        if (!text[at].IsAny("TABLE", "COLUMN")) yield break;
        var parts = new List<string>();
        for (var i = at + 1; text[i].Name is not null && !text[i].Is("IS"); i += 2)
        {
            parts.Add(text[i].Text);
            if (text[i + 1].Kind != TokenKind.Dot) break;
        }

        var value = text[text.IndexOf(at, "IS") + 1];
        if (!value.IsLiteral || value.Literal.Value.Trim().Length == 0) yield break;
        if (text[at].Is("TABLE") && parts.Count > 0) yield return (SqlName.Parse(string.Join('.', parts)), null);
        else if (parts.Count > 1) yield return (SqlName.Parse(string.Join('.', parts.SkipLast(1))), SqlName.Fold(parts[^1]));
    }
}
