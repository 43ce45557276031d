using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>The document for a repository: GitHub and its like show the tables, and draw the diagram.</summary>
internal sealed class MarkdownDocument : IDocumentWriter
{
    public string Format => "Markdown";

    public string Write(MigrationDocument document)
    {
        var text = new StringBuilder();
        var anchors = new Anchors(document);
        Beginning(text, document);
        Contents(text, document, anchors);
        if (document.Diagrams.Count > 0) text.Append("## Diagram\n\n");
        foreach (var diagram in document.Diagrams) Diagram(text, diagram, document.Diagrams.Count > 1);
        if (document.Scripts.Count > 0) text.Append("## Scripts\n\n");
        foreach (var script in document.Scripts) MarkdownScript.Write(text, script, anchors.Of("script", script.Name)!);
        var schemas = new MarkdownSchema(text, anchors);
        foreach (var schema in document.Schemas) schemas.Write(schema);
        if (document.Others.Count > 0) text.Append("## Other objects\n\n");
        if (document.Others.Count > 0) schemas.List(document.Others);
        if (document.IsStatusKnown) Changes(text, document, anchors);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Beginning(StringBuilder text, MigrationDocument document)
    {
        text.Append("# ").Append(MarkdownText.Inline(document.Title)).Append("\n\n");
        if (document.Comment is { } comment) text.Append(MarkdownText.Prose(comment)).Append("\n\n");
        text.Append("| | |\n|---|---|\n");
        foreach (var (label, words) in DocumentWords.Head(document)) text.Append("| ").Append(label).Append(" | ").Append(MarkdownText.Inline(words)).Append(" |\n");
        text.Append('\n');
        if (document.Source == DocumentSource.Scripts) text.Append("> ").Append(DocumentWords.NothingAsked).Append("\n\n");
        else if (!document.IsStatusKnown) text.Append("> ").Append(DocumentWords.NoHistory).Append("\n\n");
    }

    private static void Contents(StringBuilder text, MigrationDocument document, Anchors anchors)
    {
        foreach (var schema in document.Schemas)
        {
            text.Append("* [Schema ").Append(MarkdownText.Inline(schema.Name)).Append("](#").Append(anchors.Of("schema", schema.Name)).Append(')');
            if (schema.Tables.Count > 0) text.Append(": ").AppendJoin(", ", schema.Tables.Select(table => $"[{MarkdownText.Inline(table.Name)}](#{anchors.Of("table", table.Identity)})"));
            text.Append('\n');
        }

        if (document.Schemas.Count > 0) text.Append('\n');
    }

    private static void Diagram(StringBuilder text, EntityDiagram diagram, bool isOneOfSeveral)
    {
        if (isOneOfSeveral) text.Append("### ").Append(MarkdownText.Inline(diagram.Title)).Append("\n\n");
        if (diagram.Entities.Count > 0) text.Append(MarkdownText.Block("mermaid", MermaidDiagram.Of(diagram))).Append('\n');
        foreach (var words in diagram.LeftOut) text.Append(MarkdownText.Inline(words)).Append("\n\n");
    }

    private static void Changes(StringBuilder text, MigrationDocument document, Anchors anchors)
    {
        text.Append("## Change log\n\n");
        if (document.Changes.Count == 0) text.Append("Nothing is on record.\n\n");
        else
        {
            text.Append("| When | What | Script | By the role | Took |\n|---|---|---|---|---|\n");
            foreach (var change in document.Changes)
            {
                text.Append("| ").Append(DocumentWords.Time(change.At)).Append(" | ").Append(change.Act).Append(change.IsOutOfOrder ? ", out of order" : "")
                    .Append(" | ").Append(MarkdownText.Inline($"{change.Version} {change.Title}".Trim())).Append(" | ").Append(MarkdownText.Code(change.Role))
                    .Append(" | ").Append(change.Duration is { } took ? DocumentWords.Took(took) : "").Append(" |\n");
            }

            text.Append('\n');
        }

        text.Append("### Pending\n\n");
        var pending = document.Scripts.Where(script => script.IsPending).ToList();
        if (pending.Count == 0) text.Append("Nothing: every script has run.\n");
        foreach (var script in pending) text.Append("* [").Append(MarkdownText.Inline(DocumentWords.NameOf(script))).Append("](#").Append(anchors.Of("script", script.Name)).Append(")\n");
    }
}
