using System.Text.RegularExpressions;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Finds what a script newly demands of rows that are there already: what its validation will read, hours into a deployment.</summary>
internal sealed partial class DataProbes
{
    private readonly IReadOnlyList<CatalogDifference> _changes;
    private readonly EnforcedRules _rules;
    private readonly HashSet<string> _born;

    private DataProbes(IReadOnlyList<CatalogDifference> changes, EnforcedRules rules)
    {
        (_changes, _rules) = (changes, rules);
        _born = changes.Where(change => change is { Change: CatalogChange.Created, Kind: "table" or "partitioned table" or "foreign table" or "materialized view" }).Select(change => change.Identity).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="changes">What the script did to the schema of the sandbox.</param>
    /// <param name="sandbox">A session with the database that it did it to, outside a transaction.</param>
    /// <exception cref="ServerException">The sandbox refused.</exception>
    public static async Task<IReadOnlyList<DataProbe>> FindAsync(IReadOnlyList<CatalogDifference> changes, Session sandbox, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0) return [];
        var rules = await ServerCall.RunAsync(() => EnforcedRules.ReadAsync(sandbox, cancellationToken), sandbox.Secrets);
        return new DataProbes(changes, rules).Find();
    }

    private List<DataProbe> Find() =>
        [.. _changes.SelectMany(Of).Where(probe => !_born.Contains(probe.Relation)).DistinctBy(probe => (probe.Relation, probe.What))];

    private IEnumerable<DataProbe> Of(CatalogDifference change) => change switch
    {
        { Change: CatalogChange.Dropped } => [],
        { Kind: "column" } => OfColumn(change),
        { Kind: "check constraint" or "foreign key" or "not null constraint" } when IsEnforced(change) => OfConstraint(change),
        { Kind: "index", Change: CatalogChange.Created } => OfIndex(change),
        { Kind: "domain", Change: CatalogChange.Changed } when Becomes(change, "not null", "true") => OfDomain(change.Identity, "NOT NULL", $"SET NOT NULL of {change.Identity}", "value is null"),
        { Kind: "enum", Change: CatalogChange.Changed } => OfEnum(change),
        { Kind: "table" or "partitioned table" or "foreign table" } => OfPartition(change),
        _ => [],
    };

    private static IEnumerable<DataProbe> OfColumn(CatalogDifference change)
    {
        var relation = change.Relation!;
        var column = change.Identity[(relation.Length + 1)..];
        if (change.Change == CatalogChange.Created)
        {
            if (Becomes(change, "not null", "true") && Value(change, "default") is null && Value(change, "generated") is null && Value(change, "identity") is null)
            {
                // Filled between ADD and SET NOT NULL, or else refused: the rehearsal's own rows have shown which.
                yield return new DataProbe(relation, $"not null {change.Identity}", $"SET NOT NULL of {change.Identity}") { NotAskedBecause = "the column does not exist in the target yet" };
            }

            yield break;
        }

        if (Becomes(change, "not null", "true")) yield return new DataProbe(relation, $"not null {change.Identity}", $"SET NOT NULL of {change.Identity}") { Offence = $"{column} is null" };
        if (change.Properties.FirstOrDefault(property => property is { Name: "type", Before: not null, After: not null }) is { } type &&
            TypeChange.Probe(relation, change.Identity, column, type.Before!, type.After!) is { } probe) yield return probe;
    }

    private IEnumerable<DataProbe> OfConstraint(CatalogDifference change)
    {
        var what = $"{change.Kind} {change.Identity}";
        var deed = change.Change == CatalogChange.Changed ? $"VALIDATE of {change.Identity}" : $"ADD of {change.Kind} {change.Identity}";
        if (change.Relation is not { } relation)
        {
            return _rules.DomainChecks.Where(check => $"{check.Domain}.{check.Name}" == change.Identity).SelectMany(check => OfDomain(check.Domain, what, deed, $"not ({check.Expression})"));
        }

        var name = change.Identity[(relation.Length + 1)..];
        return _rules.Constraints.Where(rule => rule.Relation == relation && rule.Name == name)
            .Select(rule => new DataProbe(relation, what, deed) { Offence = rule.Kind == "c" ? $"not ({rule.Expression})" : Orphan(rule) });
    }

    private static string Orphan(EnforcedRules.Rule rule)
    {
        var columns = rule.Columns.Select(column => $"t.{Identifier.Quote(column)}").ToList();
        var present = string.Join(" and ", columns.Select(column => $"{column} is not null"));
        var parent = string.Join(" and ", columns.Select((column, i) => $"p.{Identifier.Quote(rule.ParentColumns[i])} = {column}"));
        var mixed = rule.IsFull && columns.Count > 1 ? $" or (not ({present}) and ({string.Join(" or ", columns.Select(column => $"{column} is not null"))}))" : "";
        return $"(({present} and not exists (select from {rule.Parent} as p where {parent})){mixed})";
    }

    private IEnumerable<DataProbe> OfIndex(CatalogDifference change) => _rules.Indexes.Where(index => index.Name == change.Identity).Select(index =>
    {
        var what = Value(change, "constraint") is { } constraint ? $"constraint {index.Relation}.{constraint}" : $"unique index {index.Name}";
        var probe = new DataProbe(index.Relation, what, $"Building {index.Name}");
        return index.IsExclusion
            ? probe with { NotAskedBecause = "which rows exclude each other is not asked for beforehand: only the index itself can tell" }
            : probe with { Unique = index.Keys, Where = index.Predicate, NullsAreTheSame = index.NullsAreTheSame };
    });

    private IEnumerable<DataProbe> OfDomain(string domain, string what, string deed, string offence) => _rules.ColumnsOfType[domain]
        .Select(use => new DataProbe(use.Relation, $"{what} in {use.Relation}.{use.Column}", deed) { Offence = offence, Value = use.Column });

    private IEnumerable<DataProbe> OfEnum(CatalogDifference change)
    {
        var labels = change.Properties.FirstOrDefault(property => property.Name == "labels");
        if (labels?.Before is null) return [];
        var left = Labels(labels.After ?? "");
        var gone = Labels(labels.Before).Where(label => !left.Contains(label)).ToList();
        if (gone.Count == 0) return [];
        return _rules.ColumnsOfType[change.Identity].Select(use => new DataProbe(use.Relation, $"enum {change.Identity} without {string.Join(", ", gone)} in {use.Relation}.{use.Column}", $"Taking {string.Join(", ", gone)} out of {change.Identity}")
        {
            Offence = $"t.{Identifier.Quote(use.Column)}::text in ({string.Join(", ", gone)})",
        });
    }

    private IEnumerable<DataProbe> OfPartition(CatalogDifference change)
    {
        if (!change.Properties.Any(property => property.Name is "partition of" or "partition bound" && property.After is not null)) yield break;
        var it = _rules.Partitions.FirstOrDefault(partition => partition.Relation == change.Identity);
        if (it is null) yield break;
        yield return new DataProbe(it.Relation, $"partition bound of {it.Relation}", $"ATTACH of {it.Relation} to {it.Parent}") { Offence = $"not ({it.Bound})" };
        // What the default partition holds has to lie outside every other.
        foreach (var rest in _rules.Partitions.Where(partition => partition.IsDefault && partition.Parent == it.Parent && partition.Relation != it.Relation))
        {
            yield return new DataProbe(rest.Relation, $"partition bound of {rest.Relation} beside {it.Relation}", $"Making {it.Relation} a partition of {it.Parent}") { Offence = $"({it.Bound})" };
        }
    }

    private static bool IsEnforced(CatalogDifference change) => change.Change == CatalogChange.Created
        ? Value(change, "validated") is null && !(Value(change, "definition") ?? "").EndsWith("NOT ENFORCED", StringComparison.Ordinal)
        : change.Properties.Any(property => (property.Name == "validated" && property.After is null) || (property.Name == "definition" && !(property.After ?? "").EndsWith("NOT ENFORCED", StringComparison.Ordinal)));

    private static bool Becomes(CatalogDifference change, string name, string value) => change.Properties.Any(property => property.Name == name && property.After == value && property.Before != value);

    private static string? Value(CatalogDifference change, string name) => change.Properties.FirstOrDefault(property => property.Name == name)?.After;

    private static List<string> Labels(string text) => [.. Label().Matches(text).Select(match => match.Value)];

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Label();
}
