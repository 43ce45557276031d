using Migrations.Engine.Migrate;

namespace Migrations.Engine.Governance;

/// <summary>One script of the page.</summary>
internal static class HtmlScript
{
    public static void Write(HtmlText html, DocumentedScript script, string anchor)
    {
        html.Open("article", ("class", "card script")).Open("h3", ("id", anchor)).Text(DocumentWords.NameOf(script));
        html.Open("span", ("class", "tag " + ClassOf(script.State))).Say(DocumentWords.State(script.State)).Close();
        if (script.Kind == Scripts.ScriptKind.Repeatable) html.Open("span", ("class", "tag")).Say("repeatable").Close();
        html.Close();
        if (DocumentWords.Explain(script.State) is { } words) html.Open("p", ("class", "why")).Say(words).Close();
        if (script.Description is { } description) html.Open("p", ("dir", "auto")).Prose(description).Close();
        html.Open("dl");
        Fact(html, "Author", script.Author);
        Fact(html, "Ticket", script.Ticket);
        Fact(html, "Risk", script.Risk?.ToString().ToLowerInvariant());
        Fact(html, "Way back", DocumentWords.Back(script));
        Fact(html, "Requires", string.Join(", ", script.Requires));
        Fact(html, "Tags", string.Join(", ", script.Tags));
        Fact(html, "Applied", script.AppliedAt is { } at ? DocumentWords.Time(at) : null);
        Fact(html, "File", script.Path);
        html.Close().CloseLine();
    }

    private static void Fact(HtmlText html, string label, string? text)
    {
        if (!string.IsNullOrEmpty(text)) html.Open("div").Open("dt").Say(label).Close().Element("dd", text).Close();
    }

    private static string ClassOf(MigrationState? state) => state switch
    {
        MigrationState.Applied or MigrationState.Replaced => "ok",
        MigrationState.Failed or MigrationState.Missing or MigrationState.Changed => "bad",
        MigrationState.Pending or MigrationState.OutOfOrder => "wait",
        _ => "",
    };
}
