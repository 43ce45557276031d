namespace Migrations.Engine.Governance;

/// <summary>A schema of the page: its tables, views, types, routines and sequences.</summary>
internal sealed class HtmlSchema(HtmlText html, Anchors anchors)
{
    public void Write(DocumentedSchema schema)
    {
        html.Open("section").Open("h2", ("id", anchors.Of("schema", schema.Name))).Say("Schema ").Open("code").Text(schema.Name).Close().CloseLine();
        Comment(schema.Comment);
        var tables = new HtmlTable(html, anchors);
        foreach (var table in schema.Tables) tables.Write(table);
        foreach (var view in schema.Views) View(view);
        Group("Types", schema.Types);
        Group("Functions and procedures", schema.Routines);
        Group("Sequences", schema.Sequences);
        html.CloseLine();
    }

    /// <summary>Objects that a few facts tell.</summary>
    public void Group(string title, IReadOnlyList<DocumentedObject> objects)
    {
        if (objects.Count == 0) return;
        html.Open("article", ("class", "card")).Element("h3", title).Open("div", ("class", "scroll")).Open("table", ("class", "columns")).Element("caption", title);
        html.Open("thead").Open("tr");
        foreach (var head in (string[])["Name", "Kind", "In SQL", "What it is"]) html.Open("th", ("scope", "col")).Say(head).Close();
        html.Close().Close().Open("tbody");
        foreach (var one in objects)
        {
            html.Open("tr").Open("th", ("scope", "row")).Code(one.Identity).Close().Open("td", ("class", "short")).Say(one.Kind).Close().Open("td");
            Facts(one.Facts);
            html.Close().Open("td", ("dir", "auto")).Prose(one.Comment ?? "").Close().CloseLine();
        }

        html.Close().Close().Close().CloseLine();
    }

    private void View(DocumentedView view)
    {
        html.Open("article", ("class", "card")).Open("h3", ("id", anchors.Of("view", view.Identity))).Code(view.Identity).Open("span", ("class", "tag")).Say(view.Kind).Close().Close();
        Comment(view.Comment);
        HtmlTable.Columns(html, view.Identity, view.Columns);
        html.Open("details").Open("summary").Say("Its query").Close().Open("pre").Code(view.Definition).Close().Close();
        if (view.More.Count > 0)
        {
            html.Open("ul");
            foreach (var more in view.More)
            {
                html.Open("li").Say(more.Kind + " ").Code(more.Identity).Say(" ");
                Facts(more.Facts);
                html.Close();
            }

            html.Close();
        }

        html.CloseLine();
    }

    private void Comment(string? comment)
    {
        if (comment is not null) html.Open("p", ("dir", "auto")).Prose(comment).Close();
    }

    private void Facts(IReadOnlyList<DocumentedFact> facts)
    {
        for (var i = 0; i < facts.Count; i++)
        {
            if (i > 0) html.Open("br").Close();
            html.Open("span", ("class", "why")).Say(facts[i].Label + " ").Close().Code(facts[i].Text);
        }
    }
}
