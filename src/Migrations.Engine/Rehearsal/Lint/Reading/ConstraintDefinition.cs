namespace Migrations.Engine.Rehearsal;

/// <summary>A constraint of a table, as written or as the catalog shows it.</summary>
/// <param name="Name">As written; null: the server chooses one.</param>
/// <param name="Text">All of it without its name and without NOT VALID.</param>
internal sealed record ConstraintDefinition(ConstraintKind Kind, string? Name, string Text)
{
    public bool NotValid { get; init; }

    /// <summary>Of a key, as written.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Empty when it has none.</summary>
    public string FirstColumn => Columns is [var first, ..] ? first : "";

    /// <summary>The table that a foreign key points at.</summary>
    public SqlName? References { get; init; }

    /// <summary>The index that becomes the key; null when one is built.</summary>
    public string? UsingIndex { get; init; }

    /// <summary>The words of a CHECK's expression, in upper case where unquoted.</summary>
    public string Expression { get; init; } = "";

    /// <summary>Null when no constraint stands there.</summary>
    public static ConstraintDefinition? Read(WordCursor words)
    {
        var name = words.Take("CONSTRAINT") ? words.Name()?.Spelled : null;
        var start = words.At;
        var kind = words switch
        {
            _ when words.Take("CHECK") => ConstraintKind.Check,
            _ when words.Take("FOREIGN", "KEY") => ConstraintKind.ForeignKey,
            _ when words.Take("PRIMARY", "KEY") => ConstraintKind.PrimaryKey,
            _ when words.Take("UNIQUE") => ConstraintKind.Unique,
            _ when words.Take("EXCLUDE") => ConstraintKind.Exclude,
            _ when words.Take("NOT", "NULL") => ConstraintKind.NotNull,
            _ => ConstraintKind.None,
        };
        if (kind == ConstraintKind.None) return null;

        var constraint = new ConstraintDefinition(kind, name, "");
        if (kind == ConstraintKind.NotNull && words.Name() is { } column) constraint = constraint with { Columns = [column.Spelled] };
        if (kind == ConstraintKind.Unique && words.Take("NULLS")) _ = words.TakeAny("NOT") | words.TakeAny("DISTINCT");
        if (kind != ConstraintKind.Exclude && words.Parentheses() is { } inside)
        {
            constraint = kind == ConstraintKind.Check
                ? constraint with { Expression = string.Join(' ', inside.Words()) }
                : constraint with { Columns = [.. inside.Parts().Select(part => part.Rest())] };
        }

        if (words.Take("USING", "INDEX")) constraint = constraint with { UsingIndex = words.Name()?.Spelled };
        if (words.Take("REFERENCES")) constraint = constraint with { References = words.Name() };
        // NOT DEFERRABLE is the other one that begins so.
        var notValid = words.SkipTo("NOT") && words.Has("NOT", "VALID");
        return constraint with { NotValid = notValid, Text = notValid ? words.TextSince(start) : words.TextFrom(start) };
    }
}
