using System.Collections.Frozen;
using Migrations.Engine.Catalog;

namespace Migrations.Engine.Governance;

/// <summary>Makes a name with its facts of every object that is no relation.</summary>
internal static class OtherObjects
{
    /// <summary>
    /// Kinds that are told elsewhere: with their relation or type, or as the document's own head. What is neither here nor in a chapter of a schema is
    /// listed by its name, so that nothing is left out unsaid.
    /// </summary>
    private static readonly FrozenSet<string> s_toldElsewhere = FrozenSet.ToFrozenSet(
    [
        "table", "partitioned table", "foreign table", "view", "materialized view", "column", "primary key", "foreign key", "unique constraint", "exclusion constraint",
        "check constraint", "not null constraint", "index", "trigger", "rule", "policy", "schema", "sequence", "database",
    ]);

    public static FrozenSet<string> TypeKinds { get; } = FrozenSet.ToFrozenSet(["enum", "composite type", "domain", "range", "type", "shell type"]);

    public static FrozenSet<string> RoutineKinds { get; } = FrozenSet.ToFrozenSet(["function", "procedure", "aggregate"]);

    /// <param name="facts">Those of its properties that are told, as far as it has them.</param>
    public static DocumentedObject Named(CatalogObject found, string name, params ReadOnlySpan<string> facts)
    {
        var told = new List<DocumentedFact>();
        foreach (var fact in facts)
            if (found.Properties.GetValueOrDefault(fact) is { Length: > 0 } value) told.Add(new DocumentedFact(fact, value));
        return new DocumentedObject(found.Kind, name, CatalogIndex.CommentOn(found), told);
    }

    /// <summary>Its definition without the names that stand above it anyway: btree (created_at) WHERE ...</summary>
    public static DocumentedObject Index(CatalogObject index)
    {
        var told = Named(index, QualifiedName.WithoutSchema(index.Identity), "valid");
        return told with { Facts = [new DocumentedFact("definition", Short(index)), .. told.Facts] };
    }

    public static DocumentedObject Trigger(CatalogObject trigger)
    {
        var definition = trigger.Properties["definition"];
        var name = CatalogIndex.NameIn(trigger);
        // CREATE TRIGGER name BEFORE ...: the name stands before it.
        var start = definition.IndexOf($" {name} ", StringComparison.Ordinal);
        var told = Named(trigger, name, "enabled");
        return told with { Facts = [new DocumentedFact("definition", start < 0 ? definition : definition[(start + name.Length + 2)..]), .. told.Facts] };
    }

    public static string Short(CatalogObject index)
    {
        var definition = index.Properties["definition"];
        var unique = definition.StartsWith("CREATE UNIQUE ", StringComparison.Ordinal) ? "UNIQUE " : "";
        foreach (var before in (string[])[$" ON {index.Relation} USING ", $" ON ONLY {index.Relation} USING "])
            if (definition.IndexOf(before, StringComparison.Ordinal) is >= 0 and var at) return unique + definition[(at + before.Length)..];
        return definition;
    }

    public static IEnumerable<DocumentedObject> Types(CatalogIndex index, string schema) => In(index, schema, TypeKinds.Contains).Select(type =>
    {
        var told = Named(type, QualifiedName.WithoutSchema(type.Identity), "labels", "attributes", "attribute comments", "base type", "collation", "default", "not null", "subtype", "multirange");
        var rules = index.RulesOf(type.Identity)
            .Select(rule => new DocumentedFact("check", $"{rule.Identity[(type.Identity.Length + 1)..]} {rule.Properties["definition"]}"));
        return told with { Facts = [.. told.Facts, .. rules] };
    });

    public static IEnumerable<DocumentedObject> Routines(CatalogIndex index, string schema) => In(index, schema, RoutineKinds.Contains).Select(routine =>
        Named(routine, QualifiedName.WithoutSchema(routine.Identity), "arguments", "result", "language", "volatility", "security definer", "configuration"));

    /// <summary>The sequence of a serial or identity column is told by the column.</summary>
    public static IEnumerable<DocumentedObject> Sequences(CatalogIndex index, string schema) => In(index, schema, kind => kind == "sequence").Where(sequence => !sequence.Properties.ContainsKey("owned by"))
        .Select(sequence => Named(sequence, QualifiedName.WithoutSchema(sequence.Identity), "type", "start", "increment", "minimum", "maximum", "cycle"));

    /// <summary>plpgsql is in every new database, and nobody's doing.</summary>
    public static IEnumerable<DocumentedObject> Rest(CatalogIndex index) => index.All
        .Where(found => !s_toldElsewhere.Contains(found.Kind) && !TypeKinds.Contains(found.Kind) && !RoutineKinds.Contains(found.Kind))
        .Where(found => found is not { Kind: "extension", Identity: "plpgsql" })
        .Select(found => Named(found, found.Identity, "version", "definition"));

    private static IEnumerable<CatalogObject> In(CatalogIndex index, string schema, Func<string, bool> isOfKind) =>
        index.All.Where(found => isOfKind(found.Kind) && QualifiedName.SchemaOf(found.Identity) == schema).OrderBy(found => found.Identity, StringComparer.Ordinal);
}
