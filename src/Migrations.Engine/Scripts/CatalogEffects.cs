namespace Migrations.Engine.Scripts;

/// <summary>Reads the <see cref="CatalogEffect"/> of a statement from its words. What it does not know, nobody guesses.</summary>
internal static class CatalogEffects
{
    /// <summary>Null where the catalog cannot tell: CALL, DO, ALTER SYSTEM, an index without a name.</summary>
    public static CatalogEffect? Find(StatementWords words) => words[0] switch
    {
        "CREATE" => Create(words),
        "DROP" => Drop(words),
        "ALTER" => Alter(words),
        "REINDEX" => Reindex(words),
        "COMMIT" or "ROLLBACK" when words.Is(1, "PREPARED") && words.KindAt(2) == TokenKind.String => new CatalogEffect(CatalogEffectKind.EndPrepared, words[2]),
        "VACUUM" or "ANALYZE" or "CLUSTER" or "REFRESH" or "SET" or "RESET" => new CatalogEffect(CatalogEffectKind.Repeatable),
        _ => null,
    };

    private static CatalogEffect? Create(StatementWords words) => words[1] switch
    {
        "INDEX" or "UNIQUE" => CreateIndex(words),
        "DATABASE" => Named(CatalogEffectKind.CreateDatabase, words, 2),
        "TABLESPACE" => Named(CatalogEffectKind.CreateTablespace, words, 2),
        "SUBSCRIPTION" => Named(CatalogEffectKind.CreateSubscription, words, 2),
        _ => null,
    };

    private static CatalogEffect? CreateIndex(StatementWords words)
    {
        var at = words.Find("CONCURRENTLY") + 1;
        if (at <= 0) return null;
        if (words.Is(at, "IF")) at += 3;
        if (words.Is(at, "ON")) return null;
        var (name, on) = ObjectName.Read(words, at);
        if (!words.Is(on, "ON")) return null;
        var table = ObjectName.Read(words, words.Is(on + 1, "ONLY") ? on + 2 : on + 1).Name;
        return name.Length > 0 && table.Length > 0 ? new CatalogEffect(CatalogEffectKind.CreateIndex, name, table) : null;
    }

    private static CatalogEffect? Drop(StatementWords words)
    {
        var concurrently = words.Is(2, "CONCURRENTLY");
        var at = concurrently ? 3 : 2;
        if (words.Is(at, "IF")) at += 2;
        return words[1] switch
        {
            "INDEX" when concurrently => Named(CatalogEffectKind.DropIndex, words, at),
            "DATABASE" => Named(CatalogEffectKind.DropDatabase, words, at),
            "TABLESPACE" => Named(CatalogEffectKind.DropTablespace, words, at),
            "SUBSCRIPTION" => Named(CatalogEffectKind.DropSubscription, words, at),
            _ => null,
        };
    }

    private static CatalogEffect? Alter(StatementWords words)
    {
        switch (words[1])
        {
            case "DATABASE" when words.Is(3, "SET") && words.Is(4, "TABLESPACE"):
                return new CatalogEffect(CatalogEffectKind.MoveDatabase, ObjectName.Read(words, 2).Name, ObjectName.Read(words, 5).Name);
            // SET PUBLICATION names all of them, so the second time it changes nothing; ADD and DROP would fail then.
            case "SUBSCRIPTION" when words.Is(3, "REFRESH") || (words.Is(3, "SET") && words.Is(4, "PUBLICATION")):
                return new CatalogEffect(CatalogEffectKind.Repeatable);
            case "TABLE" when words.Find("DETACH") is > 0 and var detach && words.Find("CONCURRENTLY") > 0:
                var at = words.Is(2, "IF") ? 4 : 2;
                if (words.Is(at, "ONLY")) at++;
                return new CatalogEffect(CatalogEffectKind.DetachPartition, ObjectName.Read(words, detach + 2).Name, ObjectName.Read(words, at).Name);
            default:
                return null;
        }
    }

    private static CatalogEffect? Reindex(StatementWords words)
    {
        var target = words.SkipParentheses(1);
        var at = words.Is(target + 1, "CONCURRENTLY") ? target + 2 : target + 1;
        return words[target] switch
        {
            "INDEX" => Named(CatalogEffectKind.ReindexIndex, words, at),
            "TABLE" => Named(CatalogEffectKind.ReindexTable, words, at),
            "SCHEMA" => Named(CatalogEffectKind.ReindexSchema, words, at),
            "DATABASE" or "SYSTEM" => new CatalogEffect(CatalogEffectKind.ReindexDatabase),
            _ => null,
        };
    }

    private static CatalogEffect? Named(CatalogEffectKind kind, StatementWords words, int at) =>
        ObjectName.Read(words, at).Name is { Length: > 0 } name ? new CatalogEffect(kind, name) : null;
}
