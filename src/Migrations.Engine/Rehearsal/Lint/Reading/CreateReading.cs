namespace Migrations.Engine.Rehearsal;

/// <summary>CREATE, as far as a rule asks for it.</summary>
internal static class CreateReading
{
    public static IEnumerable<Act> Read(WordCursor words)
    {
        words.Take("CREATE");
        words.Take("OR", "REPLACE");
        if (words.Has("UNIQUE") || words.Has("INDEX")) return Index(words);
        _ = words.TakeAny("GLOBAL", "LOCAL");
        var temporary = words.TakeAny("TEMP", "TEMPORARY");
        _ = words.TakeAny("UNLOGGED", "RECURSIVE") || words.TakeAny("CONSTRAINT");
        if (words.Take("TABLE")) return Table(words, temporary);
        if (words.Take("FOREIGN", "TABLE")) return Table(words, temporary);
        if (words.Take("MATERIALIZED", "VIEW")) return Named(words, "MATERIALIZED VIEW");
        if (words.Take("TRIGGER")) return Trigger(words);
        if (words.Take("POLICY")) return words.SkipTo("ON") && words.Take("ON") && words.Name() is { } table ? [new CreatePolicy(table)] : [];
        if (words.Take("TYPE")) return Type(words);
        if (words.Take("DOMAIN"))
            return words.Name() is { } domain ? [new CreateDomain(domain, words.SkipTo("CHECK") || words.Holds("NOT")), new CreateObject(domain, "DOMAIN")] : [];
        return words.Word is "VIEW" or "SEQUENCE" ? Named(words, words.TakeWord()) : Other(words);
    }

    private static IEnumerable<Act> Named(WordCursor words, string kind)
    {
        words.Take("IF", "NOT", "EXISTS");
        if (words.Name() is { } name) yield return new CreateRelation(name, kind);
    }

    private static IEnumerable<Act> Other(WordCursor words)
    {
        var kind = words.TakeWord();
        words.Take("IF", "NOT", "EXISTS");
        if (words.Name() is { } name) yield return new CreateObject(name, kind);
    }

    private static IEnumerable<Act> Type(WordCursor words)
    {
        if (words.Name() is not { } type) yield break;
        yield return new CreateObject(type, "TYPE");
        if (words.Has("AS", "ENUM")) yield return new CreateEnum(type);
    }

    private static IEnumerable<Act> Trigger(WordCursor words)
    {
        var name = words.Name();
        // BEFORE UPDATE OF a ON t: the first ON is the table's.
        if (words.SkipTo("ON") && words.Take("ON") && words.Name() is { } table) yield return new MakeTrigger(table, name?.Spelled, Switches: false);
    }

    private static IEnumerable<Act> Index(WordCursor words)
    {
        var unique = words.Take("UNIQUE");
        words.Take("INDEX");
        var concurrently = words.Take("CONCURRENTLY");
        var ifNotExists = words.Take("IF", "NOT", "EXISTS");
        var name = words.Has("ON") ? null : words.Name();
        words.Take("ON");
        var only = words.Has("ONLY");
        if (words.Table() is not { } table) yield break;
        var start = words.At;
        var method = words.Take("USING") ? words.TakeWord().ToLowerInvariant() : "btree";
        var keys = words.Parentheses()?.Parts().Select(part => part.Rest()).ToList() ?? [];
        yield return new CreateIndex(table, name, only, concurrently, ifNotExists, unique, method, keys, words.TextFrom(start));
    }

    private static IEnumerable<Act> Table(WordCursor words, bool temporary)
    {
        words.Take("IF", "NOT", "EXISTS");
        if (words.Name() is not { } name) yield break;
        var partitionOf = words.Take("PARTITION", "OF") ? words.Name() : null;
        var columns = new List<ColumnDefinition>();
        var constraints = new List<ConstraintDefinition>();
        var elements = words.Parentheses()?.Parts() ?? [];
        foreach (var element in elements)
        {
            if (element.Has("LIKE")) continue;
            if (element.Word is "CONSTRAINT" or "CHECK" or "FOREIGN" or "PRIMARY" or "UNIQUE" or "EXCLUDE" && ConstraintDefinition.Read(element) is { } constraint) constraints.Add(constraint);
            else if (ColumnDefinition.Read(element) is { } column) columns.Add(column);
        }

        var start = words.At;
        var partitioned = words.SkipTo("PARTITION") && words.Has("PARTITION", "BY");
        yield return new CreateTable(name, columns, constraints, partitionOf, partitioned ? words.TextSince(start) : words.TextFrom(start), partitioned, temporary);
    }
}
