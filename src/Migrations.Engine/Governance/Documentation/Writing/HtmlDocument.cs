
namespace Migrations.Engine.Governance;

/// <summary>One page: no script, no file beside it, nothing that is loaded. The browser is told to allow nothing else either.</summary>
internal sealed class HtmlDocument : IDocumentWriter
{
    public string Format => "Html";

    public string Write(MigrationDocument document)
    {
        using var html = new HtmlText();
        var anchors = new Anchors(document);
        html.Open("html", ("lang", "en"));
        Head(html, document);
        html.Open("body").Open("a", ("class", "skip"), ("href", "#main")).Say("To the content").CloseLine();
        html.Open("div", ("class", "page"));
        Contents(html, document, anchors);
        html.Open("main", ("id", "main"));
        Beginning(html, document);
        HtmlDiagram.Write(html, document.Diagrams);
        Scripts(html, document, anchors);
        var schemas = new HtmlSchema(html, anchors);
        foreach (var schema in document.Schemas) schemas.Write(schema);
        if (document.Others.Count > 0) Others(html, document, schemas);
        if (document.IsStatusKnown) Changes(html, document, anchors);
        html.Open("footer").Open("p").Say("Written by Export-MigrationDocument of the Migrations module.");
        if (document.Contact is { } contact) html.Say(" Questions: ").Text(contact);
        html.Close().Close().CloseLine();
        html.CloseLine().CloseLine().CloseLine();
        return "<!DOCTYPE html>\n" + html;
    }

    private static void Head(HtmlText html, MigrationDocument document)
    {
        html.Open("head").Open("meta", ("charset", "utf-8")).CloseLine();
        html.Open("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src '{HtmlStyle.Hash}'; base-uri 'none'; form-action 'none'")).CloseLine();
        html.Open("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).CloseLine();
        html.Element("title", document.Title).Open("style").Say(HtmlStyle.Text).CloseLine().CloseLine();
    }

    private static void Contents(HtmlText html, MigrationDocument document, Anchors anchors)
    {
        html.Open("nav", ("aria-label", "Contents")).Element("strong", document.Title).Open("ul");
        if (document.Diagrams.Count > 0) Entry("diagram", "Diagram");
        if (document.Scripts.Count > 0) Entry("scripts", "Scripts");
        foreach (var schema in document.Schemas)
        {
            html.Open("li").Open("a", ("href", "#" + anchors.Of("schema", schema.Name))).Say("Schema ").Text(schema.Name).Close();
            if (schema.Tables.Count + schema.Views.Count > 0) html.Open("ul");
            foreach (var table in schema.Tables) html.Open("li").Element("a", table.Name, ("href", "#" + anchors.Of("table", table.Identity))).Close();
            foreach (var view in schema.Views) html.Open("li").Element("a", view.Name, ("href", "#" + anchors.Of("view", view.Identity))).Say(" (view)").Close();
            if (schema.Tables.Count + schema.Views.Count > 0) html.Close();
            html.CloseLine();
        }

        if (document.Others.Count > 0) Entry("others", "Other objects");
        if (document.IsStatusKnown) Entry("changes", "Change log");
        html.Close().CloseLine();

        void Entry(string id, string words) => html.Open("li").Open("a", ("href", "#" + id)).Say(words).Close().CloseLine();
    }

    private static void Beginning(HtmlText html, MigrationDocument document)
    {
        html.Element("h1", document.Title).Say("\n");
        if (document.Comment is { } comment) html.Open("p", ("dir", "auto")).Prose(comment).CloseLine();
        html.Open("dl", ("class", "head"));
        foreach (var (label, text) in DocumentWords.Head(document)) html.Open("dt").Say(label).Close().Element("dd", text);
        html.CloseLine();
        if (document.Source == DocumentSource.Scripts) html.Open("p", ("class", "note")).Say(DocumentWords.NothingAsked).CloseLine();
        else if (!document.IsStatusKnown) html.Open("p", ("class", "note")).Say(DocumentWords.NoHistory).CloseLine();
    }

    private static void Scripts(HtmlText html, MigrationDocument document, Anchors anchors)
    {
        if (document.Scripts.Count == 0) return;
        html.Open("section").Open("h2", ("id", "scripts")).Say("Scripts").CloseLine();
        foreach (var script in document.Scripts) HtmlScript.Write(html, script, anchors.Of("script", script.Name)!);
        html.CloseLine();
    }

    private static void Others(HtmlText html, MigrationDocument document, HtmlSchema schemas)
    {
        html.Open("section").Open("h2", ("id", "others")).Say("Other objects").Close();
        foreach (var kind in document.Others.GroupBy(other => other.Kind, StringComparer.Ordinal)) schemas.Group(kind.Key, [.. kind]);
        html.CloseLine();
    }

    private static void Changes(HtmlText html, MigrationDocument document, Anchors anchors)
    {
        html.Open("section").Open("h2", ("id", "changes")).Say("Change log").CloseLine();
        if (document.Changes.Count == 0) html.Open("p").Say("Nothing is on record.").CloseLine();
        else
        {
            html.Open("div", ("class", "scroll")).Open("table", ("class", "columns log")).Open("caption").Say("What was done, in its order").Close().Open("thead").Open("tr");
            foreach (var head in (string[])["When", "What", "Script", "By the role", "Took"]) html.Open("th", ("scope", "col")).Say(head).Close();
            html.Close().Close().Open("tbody");
            foreach (var change in document.Changes) Change(html, change, anchors);
            html.Close().Close().CloseLine();
        }

        var pending = document.Scripts.Where(script => script.IsPending).ToList();
        html.Open("h3").Say("Pending").Close();
        html.Open(pending.Count == 0 ? "p" : "ul");
        if (pending.Count == 0) html.Say("Nothing: every script has run.");
        foreach (var script in pending) html.Open("li").Element("a", DocumentWords.NameOf(script), ("href", "#" + anchors.Of("script", script.Name))).Close();
        html.Close().CloseLine();
    }

    private static void Change(HtmlText html, DocumentedChange change, Anchors anchors)
    {
        html.Open("tr").Open("td", ("class", "short")).Say(DocumentWords.Time(change.At)).Close();
        html.Open("td", ("class", "short")).Say(change.Act).Say(change.IsOutOfOrder ? ", out of order" : "").Close();
        html.Open("th", ("scope", "row"));
        var name = change.Version.Length > 0 ? $"{change.Version} {change.Title}" : change.Title;
        if (anchors.Of("script", change.Name) is { } anchor) html.Element("a", name, ("href", "#" + anchor));
        else html.Text(name);
        html.Close().Open("td").Code(change.Role).Close();
        html.Open("td", ("class", "short")).Say(change.Duration is { } took ? DocumentWords.Took(took) : "").Close().CloseLine();
    }
}
