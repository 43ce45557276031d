using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>One object in which a database differs from what it should be.</summary>
public sealed record SchemaDrift
{
    public required DriftState State { get; init; }

    /// <summary>As PostgreSQL calls it: <c>column</c>, <c>index</c>, <c>foreign key</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its full name, quoted where it must be.</summary>
    public required string Identity { get; init; }

    /// <summary>The table or view that it belongs to; null for what stands by itself.</summary>
    public string? Relation { get; init; }

    /// <summary>What differs: before is the reference, after the database.</summary>
    public required IReadOnlyList<PropertyDifference> Properties { get; init; }

    /// <summary>The version whose script parted the two: the first after which the object was never again as the database has it. Null without scripts, or when no script has touched it.</summary>
    public string? Since { get; init; }

    /// <summary>The name of that script.</summary>
    public string? Script { get; init; }

    /// <summary>How it came about, in a sentence; null without scripts.</summary>
    public string? Explanation { get; init; }

    public override string ToString() => $"{Kind} {Identity} is {State.ToString().ToLowerInvariant()}{(State == DriftState.Different ? $" ({string.Join(", ", Properties.Select(property => property.Name))})" : "")}";

    /// <summary>In order of kind and name; empty when both hold the same.</summary>
    public static IReadOnlyList<SchemaDrift> Between(CatalogSnapshot reference, CatalogSnapshot database)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return [.. reference.DifferencesTo(database).Select(difference => new SchemaDrift
        {
            State = difference.Change switch { CatalogChange.Created => DriftState.Unexpected, CatalogChange.Dropped => DriftState.Missing, _ => DriftState.Different },
            Kind = difference.Kind,
            Identity = difference.Identity,
            Relation = difference.Relation,
            Properties = difference.Properties,
        })];
    }
}
