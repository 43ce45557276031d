using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>What the words of a statement say that it does. What it cannot read it leaves out: bodies of functions and DO blocks above all.</summary>
internal static class TextReading
{
    public static IReadOnlyList<Act> Of(SqlStatement statement)
    {
        var words = new WordCursor(statement);
        return [.. words.Word switch
        {
            "CREATE" => CreateReading.Read(words),
            "ALTER" => Alter(words),
            "DROP" => Drop(words),
            "TRUNCATE" => Truncate(words),
            "REINDEX" => Reindex(words),
            "CLUSTER" => Cluster(words),
            "VACUUM" => Vacuum(words),
            "REFRESH" => Refresh(words),
            "LOCK" => Lock(words),
            "SET" => Set(words),
            _ => DataReading.Read(words),
        }];
    }

    private static IEnumerable<Act> Alter(WordCursor words)
    {
        words.Take("ALTER");
        if (words.Take("TABLE") || words.Take("FOREIGN", "TABLE")) return AlterTableReading.Read(words);
        if (words.Take("MATERIALIZED", "VIEW")) return Renamed(words, "MATERIALIZED VIEW");
        if (words.Take("DOMAIN")) return AlterDomain(words);
        if (words.Take("TYPE")) return AlterType(words);
        if (words.TakeAny("INDEX")) return AlterIndex(words);
        return words.Word is "VIEW" or "SEQUENCE" or "SCHEMA" ? Renamed(words, words.TakeWord()) : [];
    }

    private static IEnumerable<Act> Renamed(WordCursor words, string kind)
    {
        words.Take("IF", "EXISTS");
        if (words.Name() is not { } name) yield break;
        if (words.Take("RENAME", "TO") && words.Name() is { } to) yield return new RenameRelation(name, name.Sibling(to.Spelled), kind);
        else if (words.Take("SET", "SCHEMA") && words.Name() is { } schema) yield return new RenameRelation(name, SqlName.Parse($"{schema.Spelled}.{name.SpelledLast}"), kind);
    }

    private static IEnumerable<Act> AlterIndex(WordCursor words)
    {
        words.Take("IF", "EXISTS");
        if (words.Name() is not { } index) yield break;
        if (words.Has("SET", "TABLESPACE")) yield return new WriteAnew(index, "SET TABLESPACE", "INDEX", false);
        else if (words.Take("RENAME", "TO") && words.Name() is { } to) yield return new RenameRelation(index, index.Sibling(to.Spelled), "INDEX");
    }

    private static IEnumerable<Act> AlterDomain(WordCursor words)
    {
        if (words.Name() is not { } domain) yield break;
        if (words.Take("SET", "NOT", "NULL")) yield return new TightenDomain(domain, null);
        else if (words.Take("ADD") && ConstraintDefinition.Read(words) is { } constraint) yield return new TightenDomain(domain, constraint);
    }

    private static IEnumerable<Act> AlterType(WordCursor words)
    {
        if (words.Name() is not { } type) yield break;
        if (words.Take("ADD", "VALUE"))
        {
            words.Take("IF", "NOT", "EXISTS");
            yield return new AddEnumValue(type, words.TakeWord(), words.SkipTo("BEFORE", "AFTER"));
        }
        else if (words.Take("RENAME", "VALUE"))
        {
            var value = words.TakeWord();
            words.Take("TO");
            yield return new RenameEnumValue(type, value, words.TakeWord());
        }
    }

    private static IEnumerable<Act> Drop(WordCursor words)
    {
        words.Take("DROP");
        var start = words.At;
        if (!words.Take("MATERIALIZED", "VIEW") && !words.Take("FOREIGN", "TABLE")) words.Step();
        var kind = words.TextSince(start).ToUpperInvariant();
        var concurrently = words.Take("CONCURRENTLY");
        words.Take("IF", "EXISTS");
        // DROP TRIGGER x ON t: the name alone says nothing, and the table has the lock.
        return words.Names().Select(name => new DropObject(name, kind, concurrently));
    }

    private static IEnumerable<Act> Truncate(WordCursor words)
    {
        words.Take("TRUNCATE");
        words.Take("TABLE");
        var tables = words.Names();
        return tables.Select(table => new TruncateTable(table, words.Holds("CASCADE")));
    }

    private static IEnumerable<Act> Reindex(WordCursor words)
    {
        words.Take("REINDEX");
        var concurrently = words.Holds("CONCURRENTLY");
        words.Parentheses();
        var kind = words.TakeWord();
        words.Take("CONCURRENTLY");
        yield return new WriteAnew(words.Name() ?? SqlName.Parse("current_database"), "REINDEX", kind, concurrently);
    }

    private static IEnumerable<Act> Cluster(WordCursor words)
    {
        words.Take("CLUSTER");
        words.Parentheses();
        words.Take("VERBOSE");
        if (words.Name() is { } table) yield return new WriteAnew(table, "CLUSTER", "TABLE", false);
    }

    private static IEnumerable<Act> Vacuum(WordCursor words)
    {
        words.Take("VACUUM");
        if (!words.Holds("FULL")) yield break;
        words.Parentheses();
        while (words.TakeAny("FULL", "FREEZE", "VERBOSE", "ANALYZE")) { }
        if (words.Names() is { Count: > 0 } tables)
            foreach (var table in tables) yield return new WriteAnew(table, "VACUUM FULL", "TABLE", false);
        else
            yield return new WriteAnew(SqlName.Parse("current_database"), "VACUUM FULL", "DATABASE", false);
    }

    private static IEnumerable<Act> Refresh(WordCursor words)
    {
        if (!words.Take("REFRESH", "MATERIALIZED", "VIEW")) yield break;
        var concurrently = words.Take("CONCURRENTLY");
        if (words.Name() is { } view && !words.Holds("NO")) yield return new RefreshView(view, concurrently);
    }

    private static IEnumerable<Act> Lock(WordCursor words)
    {
        words.Take("LOCK");
        words.Take("TABLE");
        var tables = words.Names();
        var mode = LockMode.AccessExclusive;
        if (words.Take("IN"))
        {
            var start = words.At;
            words.SkipTo("MODE");
            _ = Enum.TryParse(words.TextSince(start).Replace(" ", "", StringComparison.Ordinal), ignoreCase: true, out mode);
        }

        yield return new LockTables(tables, mode);
    }

    private static IEnumerable<Act> Set(WordCursor words)
    {
        words.Take("SET");
        _ = words.Take("LOCAL") || words.Take("SESSION");
        if (words.Take("TIME", "ZONE"))
        {
            yield return new SetSetting("timezone", words.Rest());
            yield break;
        }

        if (words.Name() is not { } setting) yield break;
        if (words.Word is "TO" or "=") words.Step();
        yield return new SetSetting(setting.Name.ToLowerInvariant(), words.Rest());
    }
}
