namespace Migrations.Engine.Governance;

/// <summary>A table of the page.</summary>
internal sealed class HtmlTable(HtmlText html, Anchors anchors)
{
    /// <summary>More partitions than this are folded.</summary>
    private const int MostPartitions = 12;

    public void Write(DocumentedTable table)
    {
        html.Open("article", ("class", "card")).Open("h3", ("id", anchors.Of("table", table.Identity))).Code(table.Identity);
        if (table.Kind != "table") html.Open("span", ("class", "tag")).Say(table.Kind).Close();
        html.Close();
        if (table.Comment is { } comment) html.Open("p", ("dir", "auto")).Prose(comment).Close();
        Columns(html, table.Identity, table.Columns);

        Facts("Keys", table.Keys, key =>
        {
            html.Code(key.Name).Say(" ").Code(key.Definition);
            if (!key.IsValidated) html.Open("span", ("class", "tag wait")).Say("not validated").Close();
            Remark(key.Comment);
        });
        Facts("Refers to", table.ForeignKeys, key =>
        {
            html.Code(string.Join(", ", key.Columns)).Say(" → ");
            Table(key.Target, DocumentWords.Reference(key));
            Remark(DocumentWords.Rules(key));
            Remark(key.Comment);
        });
        Facts("Referred to by", table.ReferencedBy, key =>
        {
            Table(key.Table, $"({string.Join(", ", key.Columns)})");
            if (key.Table == table.Identity) Remark("itself");
        });
        Facts("Indexes", table.Indexes, Named);
        Facts("Triggers", table.Triggers, Named);
        Facts("Policies", table.Policies, Named);
        Facts("Also", table.Facts, fact => html.Open("span", ("class", "why")).Say(fact.Label + " ").Close().Code(fact.Text));
        if (table.Partitioning is { } partitioning) Partitions(partitioning);
        html.CloseLine();
    }

    public static void Columns(HtmlText html, string identity, IReadOnlyList<DocumentedColumn> columns)
    {
        if (columns.Count == 0) return;
        // A heading above nothing would only take room.
        var hasValues = columns.Any(column => column.Value is not null);
        var hasComments = columns.Any(column => column.Comment is not null);
        html.Open("div", ("class", "scroll")).Open("table", ("class", "columns")).Open("caption").Say("Columns of ").Text(identity).Close().Open("thead").Open("tr");
        foreach (var head in (string[])["Column", "Type", .. hasValues ? (string[])["Value when none is given"] : [], .. hasComments ? (string[])["What it is"] : []]) html.Open("th", ("scope", "col")).Say(head).Close();
        html.Close().Close().Open("tbody");
        foreach (var column in columns)
        {
            html.Open("tr").Open("th", ("scope", "row")).Code(column.Name);
            if (column.IsPrimaryKey) Tag(html, "PK");
            if (column.IsForeignKey) Tag(html, "FK");
            html.Close().Open("td").Code(column.Type);
            if (column.IsNotNull) html.Open("span", ("class", "why")).Say(" not null").Close();
            if (column.IsInherited) html.Open("span", ("class", "why")).Say(" inherited").Close();
            html.Close();
            if (hasValues)
            {
                html.Open("td");
                if (column.Value is { } value) html.Code(value);
                html.Close();
            }

            if (hasComments) html.Open("td", ("dir", "auto")).Prose(column.Comment ?? "").Close();
            html.CloseLine();
        }

        html.Close().Close().CloseLine();
    }

    private static void Tag(HtmlText html, string words) => html.Open("span", ("class", "tag")).Say(words).Close();

    private void Facts<T>(string title, IReadOnlyList<T> facts, Action<T> write)
    {
        if (facts.Count == 0) return;
        html.Open("div", ("class", "facts")).Open("h4").Say(title).Close().Open("ul");
        foreach (var fact in facts)
        {
            html.Open("li");
            write(fact);
            html.Close();
        }

        html.Close().CloseLine();
    }

    private void Named(DocumentedObject named)
    {
        html.Code(named.Identity);
        foreach (var fact in named.Facts)
        {
            html.Say(" ");
            if (fact.Label != "definition") html.Open("span", ("class", "why")).Say(fact.Label + " ").Close();
            html.Code(fact.Text);
        }

        Remark(named.Comment);
    }

    private void Table(string identity, string behind)
    {
        if (anchors.Of("table", identity) is { } anchor) html.Open("a", ("href", "#" + anchor)).Code(identity).Close();
        else html.Code(identity);
        html.Code(behind);
    }

    private void Remark(string? words)
    {
        if (!string.IsNullOrEmpty(words)) html.Say(" ").Open("span", ("class", "why")).Prose(words).Close();
    }

    private void Partitions(DocumentedPartitioning partitioning)
    {
        html.Open("div", ("class", "facts")).Open("h4").Say("Partitions").Close().Open("div");
        List(partitioning);
        html.Close().Close();
    }

    private void List(DocumentedPartitioning partitioning)
    {
        html.Open("p").Say($"By {partitioning.Strategy} of ").Code(partitioning.Key).Say($": {DocumentWords.Count(partitioning.Count, "partition")}.").Close();
        if (partitioning.Partitions.Count == 0) return;
        if (partitioning.Partitions.Count > MostPartitions) html.Open("details").Open("summary").Say("All of them").Close();
        html.Open("ul");
        foreach (var partition in partitioning.Partitions)
        {
            html.Open("li").Code(partition.Identity).Say(" ").Code(partition.Bound);
            Remark(partition.Comment);
            foreach (var own in partition.Own) html.Open("br").Close().Open("span", ("class", "why")).Say("its own " + own.Label + " ").Close().Code(own.Text);
            if (partition.Partitioning is { } inner) List(inner);
            html.Close();
        }

        html.Close();
        if (partitioning.Partitions.Count > MostPartitions) html.Close();
    }
}
