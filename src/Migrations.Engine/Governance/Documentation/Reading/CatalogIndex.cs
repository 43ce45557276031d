using System.Globalization;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Governance;

/// <summary>The objects of a snapshot by kind and by the relation that they belong to, secrets taken out: a script may have put one into a default or a comment.</summary>
internal sealed class CatalogIndex
{
    private readonly ILookup<string, CatalogObject> _byKind;
    private readonly ILookup<(string Relation, string Kind), CatalogObject> _byRelation;
    private readonly ILookup<string, CatalogObject> _children;
    private readonly ILookup<string, string> _heirs;
    private readonly ILookup<string, CatalogObject> _ofDomain;

    public CatalogIndex(CatalogSnapshot snapshot, SecretMask secrets)
    {
        All = secrets.IsEmpty ? snapshot.Objects : [.. snapshot.Objects.Select(found => found with { Identity = secrets.Apply(found.Identity), Properties = Masked(found.Properties, secrets) })];
        _byKind = All.ToLookup(found => found.Kind, StringComparer.Ordinal);
        _byRelation = All.Where(found => found.Relation is not null).ToLookup(found => (found.Relation!, found.Kind));
        _children = All.Where(found => found.Properties.ContainsKey("partition of") && found.Kind != "index").ToLookup(found => found.Properties["partition of"], StringComparer.Ordinal);
        _heirs = All.Where(found => found.Properties.ContainsKey("inherits")).SelectMany(heir => heir.Properties["inherits"].Split(", ").Select(parent => (Parent: parent, Heir: heir.Identity)))
            .ToLookup(pair => pair.Parent, pair => pair.Heir, StringComparer.Ordinal);
        _ofDomain = All.Where(found => found.Properties.ContainsKey("domain")).ToLookup(found => found.Properties["domain"], StringComparer.Ordinal);
    }

    public IReadOnlyList<CatalogObject> All { get; }

    public IEnumerable<CatalogObject> OfKind(params ReadOnlySpan<string> kinds)
    {
        var found = new List<CatalogObject>();
        foreach (var kind in kinds) found.AddRange(_byKind[kind]);
        return found.OrderBy(one => one.Identity, StringComparer.Ordinal);
    }

    public IEnumerable<CatalogObject> Of(string relation, string kind) => _byRelation[(relation, kind)];

    public IEnumerable<CatalogObject> ColumnsOf(string relation) => Of(relation, "column").OrderBy(column => int.Parse(column.Apart["position"], CultureInfo.InvariantCulture));

    public IEnumerable<CatalogObject> PartitionsOf(string table) => _children[table];

    /// <summary>Tables that inherit from it.</summary>
    public IReadOnlyList<string> HeirsOf(string table) => [.. _heirs[table].Order(StringComparer.Ordinal)];

    /// <summary>The constraints of a domain.</summary>
    public IEnumerable<CatalogObject> RulesOf(string domain) => _ofDomain[domain];

    /// <summary>Behind that of its relation.</summary>
    public static string NameIn(CatalogObject found) => found.Identity[(found.Relation!.Length + 1)..];

    public static string? CommentOn(CatalogObject found) => found.Properties.GetValueOrDefault("comment");

    private static SortedDictionary<string, string> Masked(IReadOnlyDictionary<string, string> properties, SecretMask secrets)
    {
        var masked = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in properties) masked[name] = secrets.Apply(value);
        return masked;
    }
}
