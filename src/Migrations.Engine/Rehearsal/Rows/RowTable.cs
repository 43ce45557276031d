namespace Migrations.Engine.Rehearsal;

/// <summary>A table to be filled: an ordinary one or a leaf partition.</summary>
internal sealed record RowTable(long Oid, string Schema, string Name, string FullName, string Kind, bool IsPartition, long Root, string? Bound)
{
    public List<RowColumn> Columns { get; } = [];

    public List<RowCheck> Checks { get; } = [];

    public List<RowReference> References { get; } = [];

    public List<RowKey> Keys { get; } = [];

    public bool IsParent => Kind == "p";
}

/// <param name="Sequence">The sequence that counts this column, when nothing but a sequence gives its default.</param>
internal sealed record RowColumn(
    long Table, string Name, long Type, int Modifier, string TypeName, bool IsNotNull, string? Generated, string? Sequence, long Increment, long Least, long Most);

/// <param name="Expression">As the server prints it, columns unqualified.</param>
internal sealed record RowCheck(long Table, string Name, string Expression);

internal sealed record RowReference
{
    public required long Table { get; init; }

    public required string Name { get; init; }

    public required string[] Columns { get; init; }

    public required long Parent { get; init; }

    public required string ParentName { get; init; }

    public required string ParentKind { get; init; }

    public required string[] ParentColumns { get; init; }

    /// <summary>MATCH FULL: all columns are NULL or none is.</summary>
    public required bool IsFull { get; init; }

    /// <summary>Children of an inheriting table are no keys; those of a partitioned one are.</summary>
    public string From => ParentKind == "p" ? ParentName : $"only {ParentName}";
}

internal sealed record RowKey
{
    public required long Table { get; init; }

    /// <summary>NULL stands for an expression.</summary>
    public required string?[] Columns { get; init; }

    public required bool IsPartial { get; init; }

    /// <summary>ON CONFLICT cannot use it.</summary>
    public required bool IsDeferrable { get; init; }

    /// <summary>Rows may differ and still be in each other's way.</summary>
    public required bool IsExclusion { get; init; }
}

internal sealed record RowType
{
    public required long Oid { get; init; }

    public required string Name { get; init; }

    public required string FullName { get; init; }

    /// <summary><c>typtype</c>: b, c, d, e, r, m.</summary>
    public required string Form { get; init; }

    public required string Category { get; init; }

    public required long Element { get; init; }

    public required string Delimiter { get; init; }

    public required long Base { get; init; }

    public required int BaseModifier { get; init; }

    public string? BaseName { get; init; }

    public required bool IsNotNull { get; init; }

    public required long Subtype { get; init; }

    public required long Range { get; init; }

    public required string[] Labels { get; init; }

    public required long[] AttributeTypes { get; init; }

    public required int[] AttributeModifiers { get; init; }

    /// <summary>Of a domain, with VALUE in them.</summary>
    public required string[] Checks { get; init; }
}
