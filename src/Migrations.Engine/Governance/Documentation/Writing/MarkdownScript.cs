using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>One script in Markdown.</summary>
internal static class MarkdownScript
{
    public static void Write(StringBuilder text, DocumentedScript script, string anchor)
    {
        text.Append("<a id=\"").Append(anchor).Append("\"></a>\n\n### ").Append(MarkdownText.Inline(DocumentWords.NameOf(script))).Append("\n\n");
        if (script.Description is { } description) text.Append(MarkdownText.Prose(description)).Append("\n\n");
        Fact(text, "Status", DocumentWords.State(script.State) + (DocumentWords.Explain(script.State) is { } words ? $". {words}" : ""));
        if (script.AppliedAt is { } at) Fact(text, "Applied", DocumentWords.Time(at));
        Fact(text, "Author", script.Author);
        Fact(text, "Ticket", script.Ticket);
        Fact(text, "Risk", script.Risk?.ToString().ToLowerInvariant());
        Fact(text, "Way back", DocumentWords.Back(script));
        Fact(text, "Requires", string.Join(", ", script.Requires));
        Fact(text, "Tags", string.Join(", ", script.Tags));
        Fact(text, "File", script.Path);
        text.Append('\n');
    }

    private static void Fact(StringBuilder text, string label, string? words)
    {
        if (!string.IsNullOrEmpty(words)) text.Append("* ").Append(label).Append(": ").Append(MarkdownText.Inline(words)).Append('\n');
    }
}
