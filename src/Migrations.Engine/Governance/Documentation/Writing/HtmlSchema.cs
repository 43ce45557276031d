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
        html.Open("article", ("class", "card")).Element("h3", title).Open("ul", ("class", "objects"));
        foreach (var one in objects)
        {
            html.Open("li").Code(one.Identity).Open("span", ("class", "tag")).Say(one.Kind).Close();
            Comment(one.Comment);
            if (one.Facts.Count > 0) html.Open("dl");
            foreach (var fact in one.Facts) html.Open("div").Open("dt").Say(fact.Label).Close().Open("dd").Code(fact.Text).Close().Close();
            if (one.Facts.Count > 0) html.Close();
            html.CloseLine();
        }

        html.Close().CloseLine();
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
            if (facts[i].Label != "definition") html.Open("span", ("class", "why")).Say(facts[i].Label + " ").Close();
            html.Code(facts[i].Text);
        }
    }
}
