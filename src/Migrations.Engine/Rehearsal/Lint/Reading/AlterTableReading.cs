namespace Migrations.Engine.Rehearsal;

/// <summary>ALTER TABLE, taken apart at the commas between its actions.</summary>
internal static class AlterTableReading
{
    /// <param name="words">Behind ALTER TABLE.</param>
    public static IEnumerable<Act> Read(WordCursor words)
    {
        words.Take("IF", "EXISTS");
        if (words.Table() is not { } table) return [];
        return Whole(words, table) is { } whole ? [whole] : words.Parts().Select(part => Action(part, table)).OfType<Act>();
    }

    /// <summary>The forms that stand alone.</summary>
    private static Act? Whole(WordCursor words, SqlName table)
    {
        if (words.Take("RENAME", "TO") && words.Name() is { } to) return new RenameRelation(table, table.Sibling(to.Spelled), "TABLE");
        if (words.Take("RENAME", "CONSTRAINT")) return new AlterOther(table, "RENAME CONSTRAINT");
        if (words.Take("RENAME"))
        {
            words.Take("COLUMN");
            return words.Name() is { } column && words.Take("TO") && words.Name() is { } name ? new RenameColumn(table, column.Spelled, name.Spelled) : null;
        }

        if (words.Take("SET", "SCHEMA") && words.Name() is { } schema) return new RenameRelation(table, SqlName.Parse($"{schema.Spelled}.{table.SpelledLast}"), "TABLE");
        if (words.Take("ATTACH", "PARTITION") && words.Name() is { } attached) return new AttachPartition(table, attached, words.Rest());
        if (words.Take("DETACH", "PARTITION") && words.Name() is { } detached)
            return words.Has("FINALIZE") ? new AlterOther(table, "FINALIZE") : new DetachPartition(table, detached, words.Has("CONCURRENTLY"));
        return null;
    }

    private static Act? Action(WordCursor words, SqlName table)
    {
        var start = words.At;
        if (words.Take("ADD")) return Add(words, table);
        if (words.Take("ALTER"))
        {
            if (words.Has("CONSTRAINT")) return new AlterOther(table, words.TextFrom(start));
            words.Take("COLUMN");
            return words.Name() is { } column ? Column(words, table, column.Spelled) : null;
        }

        if (words.Take("DROP", "CONSTRAINT"))
        {
            words.Take("IF", "EXISTS");
            return words.Name() is { } constraint ? new DropConstraint(table, constraint.Spelled) : null;
        }

        if (words.Take("DROP"))
        {
            words.Take("COLUMN");
            words.Take("IF", "EXISTS");
            return words.Name() is { } column ? new DropColumn(table, column.Spelled) : null;
        }

        if (words.Take("VALIDATE", "CONSTRAINT")) return words.Name() is { } name ? new ValidateConstraint(table, name.Spelled) : null;
        if (words.Has("ENABLE", "ROW", "LEVEL")) return new EnableRowSecurity(table);
        if (words.TakeAny("ENABLE", "DISABLE"))
        {
            _ = words.TakeAny("ALWAYS") || words.TakeAny("REPLICA");
            return words.Take("TRIGGER") && words.Name() is { } trigger ? new MakeTrigger(table, trigger.Spelled, Switches: true) : new AlterOther(table, words.TextFrom(start));
        }

        if (words.Take("SET"))
        {
            foreach (var what in new[] { "TABLESPACE", "LOGGED", "UNLOGGED" })
                if (words.Has(what)) return new WriteAnew(table, $"SET {what}", "TABLE", false);
            if (words.Has("ACCESS", "METHOD")) return new WriteAnew(table, "SET ACCESS METHOD", "TABLE", false);
        }

        return new AlterOther(table, words.TextFrom(start));
    }

    private static Act? Add(WordCursor words, SqlName table)
    {
        if (words.Word is "CONSTRAINT" or "CHECK" or "FOREIGN" or "PRIMARY" or "UNIQUE" or "EXCLUDE" || words.Has("NOT", "NULL"))
            return ConstraintDefinition.Read(words) is { } constraint ? new AddConstraint(table, constraint) : null;
        words.Take("COLUMN");
        words.Take("IF", "NOT", "EXISTS");
        return ColumnDefinition.Read(words) is { } column ? new AddColumn(table, column) : null;
    }

    private static Act Column(WordCursor words, SqlName table, string column)
    {
        var start = words.At;
        if (words.Take("SET", "NOT", "NULL")) return new SetNotNull(table, column);
        if (words.Take("DROP", "NOT", "NULL")) return new DropNotNull(table, column);
        if (words.Take("SET", "DEFAULT")) return new SetDefault(table, column);
        if (words.Take("SET", "DATA", "TYPE") || words.Take("TYPE"))
        {
            start = words.At;
            if (!words.SkipTo("COLLATE", "USING")) words.ToEnd();
            var type = words.TextSince(start);
            var collation = words.Take("COLLATE") ? words.Name()?.Spelled : null;
            return new ChangeType(table, column, type, collation, words.Has("USING"));
        }

        return new AlterOther(table, words.TextFrom(start));
    }
}
