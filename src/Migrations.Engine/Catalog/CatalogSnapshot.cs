using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Catalog;

/// <summary>Every object of a database at one moment, in order of kind and name.</summary>
public sealed class CatalogSnapshot
{
    private readonly Dictionary<(string Kind, string Identity), CatalogObject> _byName;
    private string? _fingerprint;

    public CatalogSnapshot(IEnumerable<CatalogObject> objects)
    {
        Objects = [.. objects.OrderBy(o => o.Kind, StringComparer.Ordinal).ThenBy(o => o.Identity, StringComparer.Ordinal)];
        _byName = Objects.ToDictionary(o => (o.Kind, o.Identity));
    }

    public IReadOnlyList<CatalogObject> Objects { get; }

    /// <summary>Lower hex SHA-256 over all objects: equal for two databases that hold the same schema.</summary>
    public string Fingerprint => _fingerprint ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(Objects.Select(o => o.Fingerprint)))));

    public CatalogObject? Find(string kind, string identity) => _byName.GetValueOrDefault((kind, identity));

    /// <summary>What it took to get from this one to the other, in order of kind and name; empty when both have the same fingerprint.</summary>
    public IReadOnlyList<CatalogDifference> DifferencesTo(CatalogSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Fingerprint == other.Fingerprint) return [];
        var dropped = Objects.Where(o => other.Find(o.Kind, o.Identity) is null).Select(o => Whole(CatalogChange.Dropped, o));
        var rest = other.Objects.Select(now => Find(now.Kind, now.Identity) switch
        {
            null => Whole(CatalogChange.Created, now),
            var before when before.Fingerprint == now.Fingerprint => null,
            var before => Changed(before, now),
        });
        return [.. dropped.Concat(rest.OfType<CatalogDifference>()).OrderBy(d => d.Kind, StringComparer.Ordinal).ThenBy(d => d.Identity, StringComparer.Ordinal)];
    }

    private static CatalogDifference Whole(CatalogChange change, CatalogObject it) => new(change, it.Kind, it.Identity,
        [.. it.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => change == CatalogChange.Dropped
            ? new PropertyDifference(property.Key, property.Value, null)
            : new PropertyDifference(property.Key, null, property.Value))]) { Relation = it.Relation };

    private static CatalogDifference Changed(CatalogObject before, CatalogObject now) => new(CatalogChange.Changed, now.Kind, now.Identity,
        [.. before.Properties.Keys.Union(now.Properties.Keys).Order(StringComparer.Ordinal)
            .Select(name => new PropertyDifference(name, before.Properties.GetValueOrDefault(name), now.Properties.GetValueOrDefault(name)))
            .Where(property => property.Before != property.After)]) { Relation = now.Relation };
}
