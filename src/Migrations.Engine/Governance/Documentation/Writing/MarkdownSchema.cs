using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>A schema in Markdown.</summary>
internal sealed class MarkdownSchema(StringBuilder text, Anchors anchors)
{
    public void Write(DocumentedSchema schema)
    {
        Heading("##", "schema", schema.Name, $"Schema {MarkdownText.Inline(schema.Name)}");
        Comment(schema.Comment);
        var tables = new MarkdownTable(text, anchors);
        foreach (var table in schema.Tables)
        {
            Heading("###", "table", table.Identity, MarkdownText.Inline(table.Identity) + (table.Kind == "table" ? "" : $" ({table.Kind})"));
            Comment(table.Comment);
            tables.Write(table);
        }

        foreach (var view in schema.Views) View(view);
        Group("Types", schema.Types);
        Group("Functions and procedures", schema.Routines);
        Group("Sequences", schema.Sequences);
    }

    public void List(IReadOnlyList<DocumentedObject> objects)
    {
        text.Append("| Name | Kind | In SQL | What it is |\n|---|---|---|---|\n");
        foreach (var one in objects)
        {
            text.Append("| ").Append(MarkdownText.Code(one.Identity)).Append(" | ").Append(one.Kind).Append(" | ")
                .AppendJoin("<br>", one.Facts.Select(fact => $"{fact.Label} {MarkdownText.Code(fact.Text)}")).Append(" | ").Append(MarkdownText.Cell(one.Comment ?? "")).Append(" |\n");
        }

        text.Append('\n');
    }

    private void Group(string title, IReadOnlyList<DocumentedObject> objects)
    {
        if (objects.Count == 0) return;
        text.Append("### ").Append(title).Append("\n\n");
        List(objects);
    }

    private void View(DocumentedView view)
    {
        Heading("###", "view", view.Identity, $"{MarkdownText.Inline(view.Identity)} ({view.Kind})");
        Comment(view.Comment);
        MarkdownTable.Columns(text, view.Columns);
        text.Append(MarkdownText.Block("sql", view.Definition)).Append('\n');
        foreach (var more in view.More) text.Append("* ").Append(more.Kind).Append(' ').Append(MarkdownText.Code(more.Identity)).Append(' ').AppendJoin(' ', more.Facts.Select(fact => MarkdownText.Code(fact.Text))).Append('\n');
        if (view.More.Count > 0) text.Append('\n');
    }

    private void Heading(string level, string kind, string name, string words) =>
        text.Append("<a id=\"").Append(anchors.Of(kind, name)).Append("\"></a>\n\n").Append(level).Append(' ').Append(words).Append("\n\n");

    private void Comment(string? comment)
    {
        if (comment is not null) text.Append(MarkdownText.Prose(comment)).Append("\n\n");
    }
}
