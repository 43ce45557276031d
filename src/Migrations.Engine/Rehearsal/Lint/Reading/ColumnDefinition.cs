namespace Migrations.Engine.Rehearsal;

/// <summary>A column as ADD COLUMN or CREATE TABLE spells it, or as the catalog shows it.</summary>
/// <param name="Name">As written.</param>
internal sealed record ColumnDefinition(string Name, string Type)
{
    /// <summary>The expression, as written; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The functions that the default calls, in upper case.</summary>
    public IReadOnlyList<string> DefaultCalls { get; init; } = [];

    public bool IsNotNull { get; init; }

    public bool IsIdentity { get; init; }

    /// <summary>The expression of a stored generated column; null for any other.</summary>
    public string? Stored { get; init; }

    public bool IsVirtual { get; init; }

    /// <summary>The expression of an inline CHECK; null when there is none.</summary>
    public string? Check { get; init; }

    public bool IsUnique { get; init; }

    public bool IsPrimary { get; init; }

    public SqlName? References { get; init; }

    /// <summary>As written: <c>parent (id) on delete cascade</c>.</summary>
    public string ReferencesText { get; init; } = "";

    public bool IsSerial => Type.ToUpperInvariant() is "SERIAL" or "BIGSERIAL" or "SMALLSERIAL" or "SERIAL2" or "SERIAL4" or "SERIAL8";

    private static readonly string[] s_constraints =
        ["CONSTRAINT", "NOT", "NULL", "CHECK", "DEFAULT", "GENERATED", "UNIQUE", "PRIMARY", "REFERENCES", "COLLATE", "DEFERRABLE", "INITIALLY", "STORAGE", "COMPRESSION", "OPTIONS"];

    /// <summary>Null when no name stands there.</summary>
    public static ColumnDefinition? Read(WordCursor words)
    {
        if (words.Name() is not { } name) return null;
        var start = words.At;
        Skip(words, s_constraints);
        var column = new ColumnDefinition(name.Spelled, words.TextSince(start));
        while (!words.IsAtEnd) column = column.With(words);
        return column;
    }

    private ColumnDefinition With(WordCursor words)
    {
        if (words.Take("NOT", "NULL")) return this with { IsNotNull = true };
        if (words.Take("UNIQUE")) return this with { IsUnique = true };
        if (words.Take("PRIMARY", "KEY")) return this with { IsPrimary = true };
        if (words.Take("DEFAULT")) return WithDefault(words);
        if (words.Take("CHECK")) return this with { Check = words.Parentheses()?.Rest() };
        if (words.Take("GENERATED")) return WithGenerated(words);
        if (words.Take("REFERENCES"))
        {
            var start = words.At;
            var table = words.Name();
            Skip(words, ["CONSTRAINT", "NOT", "CHECK", "DEFAULT", "GENERATED", "UNIQUE", "PRIMARY", "COLLATE"]);
            return this with { References = table, ReferencesText = words.TextSince(start) };
        }

        words.Step();
        return this;
    }

    private ColumnDefinition WithDefault(WordCursor words)
    {
        var start = words.At;
        if (!words.IsAtEnd) words.Step();
        // Not NULL: it may be the default itself, or part of NOT NULL.
        Skip(words, ["CONSTRAINT", "NOT", "CHECK", "GENERATED", "UNIQUE", "PRIMARY", "REFERENCES", "COLLATE"]);
        return this with { Default = words.TextSince(start), DefaultCalls = words.CallsSince(start) };
    }

    private ColumnDefinition WithGenerated(WordCursor words)
    {
        var identity = words.SkipTo("AS", "CHECK") && words.Take("AS") && words.Take("IDENTITY");
        var expression = words.Parentheses()?.Rest();
        if (identity) return this with { IsIdentity = true };
        if (words.Take("STORED")) return this with { Stored = expression };
        words.Take("VIRTUAL");
        return this with { IsVirtual = true };
    }

    private static void Skip(WordCursor words, string[] until)
    {
        if (!words.SkipTo(until)) words.ToEnd();
    }
}
