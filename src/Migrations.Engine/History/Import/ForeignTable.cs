using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>A table that may hold another tool's history.</summary>
internal sealed record ForeignTable
{
    public required string Schema { get; init; }

    public required string Name { get; init; }

    public required string[] Columns { get; init; }

    /// <summary>Whether this role may read it.</summary>
    public required bool CanRead { get; init; }

    /// <summary>Row security may hide rows from this role, and a hidden row would look like a script that never ran.</summary>
    public required bool HidesRows { get; init; }

    public string Quoted => Identifier.Qualify(Schema, Name);

    public bool Has(string column) => Columns.Contains(column, StringComparer.OrdinalIgnoreCase);

    /// <summary>Another table of the same schema.</summary>
    public string Sibling(string name) => Identifier.Qualify(Schema, name);

    public override string ToString() => $"{Schema}.{Name}";
}
