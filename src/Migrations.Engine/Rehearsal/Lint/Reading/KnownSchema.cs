using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>A snapshot, asked in the words of the rules.</summary>
internal sealed class KnownSchema(CatalogSnapshot snapshot)
{
    private static readonly string[] s_tables = ["table", "partitioned table", "foreign table", "materialized view", "view"];
    private readonly ILookup<string, CatalogObject> _byRelation = snapshot.Objects.Where(o => o.Relation is not null).ToLookup(o => o.Relation!);
    private readonly ILookup<string, CatalogObject> _tablesByName = snapshot.Objects.Where(o => s_tables.Contains(o.Kind)).ToLookup(o => SqlName.Parse(o.Identity).Name);

    /// <summary>A table, view or other relation with columns; null when there is none of the name, or several and none in the schemas of the path.</summary>
    public CatalogObject? Relation(SqlName name, IReadOnlyList<string> path)
    {
        var found = _tablesByName[name.Name].Where(o => name.MayBe(o.Identity)).ToList();
        return found.Count <= 1 ? found.FirstOrDefault() : path.Select(schema => found.Find(o => SqlName.Parse(o.Identity).Schema == schema)).FirstOrDefault(o => o is not null);
    }

    /// <summary>True when one of the name is there, in whatever schema when the name says none.</summary>
    public bool HasRelation(SqlName name) => _tablesByName[name.Name].Any(o => name.MayBe(o.Identity));

    public CatalogObject? Index(SqlName name) => snapshot.Objects.FirstOrDefault(o => o.Kind == "index" && name.MayBe(o.Identity));

    public IEnumerable<CatalogObject> InvalidIndexes => snapshot.Objects.Where(o => o.Kind == "index" && o.Properties.GetValueOrDefault("valid") == "false");

    public CatalogObject? Column(CatalogObject relation, string spelled)
    {
        var column = SqlName.Fold(spelled);
        return _byRelation[relation.Identity].FirstOrDefault(o => o.Kind == "column" && SqlName.Parse(o.Identity).Name == column);
    }

    public CatalogObject? Constraint(CatalogObject relation, string spelled)
    {
        var name = SqlName.Fold(spelled);
        return _byRelation[relation.Identity].FirstOrDefault(o => o.Properties.ContainsKey("definition") && o.Kind is not ("index" or "trigger" or "rule") && SqlName.Parse(o.Identity).Name == name);
    }

    public IEnumerable<CatalogObject> Of(CatalogObject relation, string kind) => _byRelation[relation.Identity].Where(o => o.Kind == kind);

    public IEnumerable<CatalogObject> OfKind(string kind) => snapshot.Objects.Where(o => o.Kind == kind);

    public CatalogObject? Domain(SqlName name) => snapshot.Objects.FirstOrDefault(o => o.Kind == "domain" && name.MayBe(o.Identity));

    /// <summary>True for a domain with NOT NULL or a CHECK.</summary>
    public bool IsConstrained(CatalogObject domain) =>
        domain.Properties.ContainsKey("not null") || snapshot.Objects.Any(o => o.Properties.GetValueOrDefault("domain") == domain.Identity);

    public IEnumerable<CatalogObject> Partitions(CatalogObject parent) =>
        snapshot.Objects.Where(o => s_tables.Contains(o.Kind) && o.Properties.GetValueOrDefault("partition of") == parent.Identity);

    public CatalogObject? DefaultPartition(CatalogObject parent) => Partitions(parent).FirstOrDefault(o => o.Properties.GetValueOrDefault("partition bound") == "DEFAULT");

    /// <summary>The columns of an index or key, in order, as its definition writes them.</summary>
    public static IReadOnlyList<string> KeyOf(CatalogObject indexOrKey)
    {
        var definition = indexOrKey.Properties.GetValueOrDefault("definition") ?? "";
        var open = definition.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return [];
        var (depth, from, keys) = (0, open + 1, new List<string>());
        for (var i = open; i < definition.Length; i++)
        {
            if (definition[i] == '(') depth++;
            else if (definition[i] == ')') depth--;
            if (depth == 0 || (depth == 1 && definition[i] == ','))
            {
                keys.Add(definition[from..i].Trim());
                from = i + 1;
            }

            if (depth == 0) break;
        }

        return keys;
    }
}
