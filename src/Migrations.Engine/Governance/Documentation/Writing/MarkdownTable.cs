using System.Globalization;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>A table in Markdown, below its heading.</summary>
internal sealed class MarkdownTable(StringBuilder text, Anchors anchors)
{
    /// <summary>More partitions than this are folded.</summary>
    private const int MostPartitions = 12;

    public void Write(DocumentedTable table)
    {
        Columns(text, table.Columns);
        List("Keys", table.Keys, key => $"{MarkdownText.Code(key.Name)} {MarkdownText.Code(key.Definition)}{(key.IsValidated ? "" : " (not validated)")}{Remark(key.Comment)}");
        List("Refers to", table.ForeignKeys, key =>
            $"{MarkdownText.Code(string.Join(", ", key.Columns))} → {Table(key.Target)} {MarkdownText.Code(DocumentWords.Reference(key))}{Remark(DocumentWords.Rules(key))}{Remark(key.Comment)}");
        List("Referred to by", table.ReferencedBy, key => $"{Table(key.Table)} {MarkdownText.Code($"({string.Join(", ", key.Columns)})")}");
        List("Indexes", table.Indexes, Named);
        List("Triggers", table.Triggers, Named);
        List("Policies", table.Policies, Named);
        List("Also", table.Facts, fact => $"{fact.Label} {MarkdownText.Code(fact.Text)}");
        if (table.Partitioning is { } partitioning) Partitions(partitioning);
    }

    public static void Columns(StringBuilder text, IReadOnlyList<DocumentedColumn> columns)
    {
        if (columns.Count == 0) return;
        text.Append("| Column | Type | Key | Value when none is given | What it is |\n|---|---|---|---|---|\n");
        foreach (var column in columns)
        {
            text.Append("| ").Append(MarkdownText.Code(column.Name)).Append(" | ").Append(MarkdownText.Code(column.Type)).Append(column.IsNotNull ? " not null" : "").Append(column.IsInherited ? " inherited" : "")
                .Append(" | ").AppendJoin(' ', new[] { column.IsPrimaryKey ? "PK" : "", column.IsForeignKey ? "FK" : "" }.Where(mark => mark.Length > 0))
                .Append(" | ").Append(MarkdownText.Code(column.Value ?? "")).Append(" | ").Append(MarkdownText.Cell(column.Comment ?? "")).Append(" |\n");
        }

        text.Append('\n');
    }

    private void List<T>(string title, IReadOnlyList<T> facts, Func<T, string> write)
    {
        if (facts.Count == 0) return;
        text.Append(title).Append(":\n\n");
        foreach (var fact in facts) text.Append("* ").Append(write(fact)).Append('\n');
        text.Append('\n');
    }

    private static string Named(DocumentedObject named) => MarkdownText.Code(named.Identity)
        + string.Concat(named.Facts.Select(fact => $" {(fact.Label == "definition" ? "" : fact.Label + " ")}{MarkdownText.Code(fact.Text)}")) + Remark(named.Comment);

    private string Table(string identity) => anchors.Of("table", identity) is { } anchor ? $"[{MarkdownText.Inline(identity)}](#{anchor})" : MarkdownText.Code(identity);

    private static string Remark(string? words) => string.IsNullOrEmpty(words) ? "" : $" {MarkdownText.Cell(words)}";

    private void Partitions(DocumentedPartitioning partitioning)
    {
        text.Append(CultureInfo.InvariantCulture, $"Partitions, by {partitioning.Strategy} of {MarkdownText.Code(partitioning.Key)}: {partitioning.Count}.\n\n");
        if (partitioning.Partitions.Count == 0) return;
        var isFolded = partitioning.Count > MostPartitions;
        if (isFolded) text.Append("<details><summary>All of them</summary>\n\n");
        Tree(partitioning, "");
        text.Append(isFolded ? "\n</details>\n\n" : "\n");
    }

    private void Tree(DocumentedPartitioning partitioning, string indent)
    {
        foreach (var partition in partitioning.Partitions)
        {
            text.Append(indent).Append("* ").Append(MarkdownText.Code(partition.Identity)).Append(' ').Append(MarkdownText.Code(partition.Bound)).Append(Remark(partition.Comment));
            foreach (var own in partition.Own) text.Append("; its own ").Append(own.Label).Append(' ').Append(MarkdownText.Code(own.Text));
            if (partition.Partitioning is { } inner) text.Append(CultureInfo.InvariantCulture, $"; by {inner.Strategy} of {MarkdownText.Code(inner.Key)}");
            text.Append('\n');
            if (partition.Partitioning is { } below) Tree(below, indent + "  ");
        }
    }
}
