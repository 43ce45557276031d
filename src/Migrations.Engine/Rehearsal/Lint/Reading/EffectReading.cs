using Migrations.Engine.Catalog;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// What a statement did by the catalog's account: all there is to know of a DO block, a CALL or a function, whose words say nothing.
/// </summary>
internal sealed class EffectReading(StatementReport report)
{
    private static readonly string[] s_tables = ["table", "partitioned table", "foreign table"];
    private readonly HashSet<string> _made = [.. report.Changes.Where(c => c.Change == CatalogChange.Created).Select(c => c.Identity)];
    private readonly HashSet<string> _gone = [.. report.Changes.Where(c => c.Change == CatalogChange.Dropped).Select(c => c.Identity)];

    public static IReadOnlyList<Act> Of(StatementReport report)
    {
        var reading = new EffectReading(report);
        var acts = report.Changes.SelectMany(reading.Read).ToList();
        return [.. acts, .. reading.Files(acts)];
    }

    private IEnumerable<Act> Read(CatalogDifference change)
    {
        var belongs = change.Relation is { } relation && !_made.Contains(relation) && !_gone.Contains(relation) ? SqlName.Parse(relation) : null;
        return (change.Kind, change.Change) switch
        {
            ("column", _) => belongs is null ? [] : Column(change, belongs),
            ("index", _) => belongs is null ? [] : Index(change, belongs),
            ("trigger", CatalogChange.Created) => belongs is null ? [] : [new MakeTrigger(belongs, Last(change), Switches: false)],
            ("trigger", CatalogChange.Changed) => belongs is null ? [] : [new MakeTrigger(belongs, Last(change), Switches: true)],
            ("policy", CatalogChange.Created) when change.Relation is { } table => [new CreatePolicy(SqlName.Parse(table))],
            ("enum", CatalogChange.Created) => [new CreateEnum(SqlName.Parse(change.Identity)), new CreateObject(SqlName.Parse(change.Identity), "TYPE")],
            ("enum", CatalogChange.Changed) => Enum(change),
            ("domain", CatalogChange.Changed) when Now(change, "not null") == "true" => [new TightenDomain(SqlName.Parse(change.Identity), null)],
            (_, CatalogChange.Created) when s_tables.Contains(change.Kind) => [Table(change)],
            (_, CatalogChange.Changed) when s_tables.Contains(change.Kind) => TableChange(change),
            ("view" or "materialized view" or "sequence", CatalogChange.Created) => [new CreateRelation(SqlName.Parse(change.Identity), change.Kind.ToUpperInvariant())],
            _ when KindOf(change) != ConstraintKind.None => Constraint(change, belongs),
            ("publication" or "database", _) => [],
            // A table takes the sequences of its columns along.
            ("sequence", CatalogChange.Dropped) when report.Changes.Any(c => c.Change == CatalogChange.Dropped && s_tables.Contains(c.Kind)) => [],
            (_, CatalogChange.Dropped) when change.Relation is null => [new DropObject(SqlName.Parse(change.Identity), change.Kind.ToUpperInvariant(), false)],
            (_, CatalogChange.Created) when change.Relation is null => [new CreateObject(SqlName.Parse(change.Identity), change.Kind.ToUpperInvariant())],
            _ => [],
        };
    }

    private static List<Act> Column(CatalogDifference change, SqlName table)
    {
        var name = Last(change);
        if (change.Change == CatalogChange.Created) return [new AddColumn(table, Definition(change))];
        if (change.Change == CatalogChange.Dropped) return [new DropColumn(table, name)];
        var acts = new List<Act>();
        foreach (var property in change.Properties)
        {
            switch (property.Name)
            {
                case "type":
                    acts.Add(new ChangeType(table, name, property.After ?? "", null, false));
                    break;
                case "collation":
                    acts.Add(new ChangeType(table, name, "", property.After ?? "\"default\"", false));
                    break;
                case "not null":
                    acts.Add(property.After == "true" ? new SetNotNull(table, name) : new DropNotNull(table, name));
                    break;
                case "default" when property.After is not null:
                    acts.Add(new SetDefault(table, name));
                    break;
            }
        }

        return acts;
    }

    private static ColumnDefinition Definition(CatalogDifference column)
    {
        var generated = Now(column, "generated");
        return new ColumnDefinition(Last(column), Now(column, "type") ?? "")
        {
            Default = Now(column, "default"),
            IsNotNull = Now(column, "not null") == "true",
            IsIdentity = Now(column, "identity") is not null,
            Stored = generated?.EndsWith(" stored", StringComparison.Ordinal) == true ? generated[..^" stored".Length] : null,
            IsVirtual = generated?.EndsWith(" virtual", StringComparison.Ordinal) == true,
        };
    }

    private static IEnumerable<Act> Index(CatalogDifference change, SqlName table)
    {
        // An index that a key made or took with it is told by the key.
        if (change.Properties.Any(p => p.Name == "constraint")) return [];
        return change.Change switch
        {
            CatalogChange.Created => FromDefinition(Now(change, "definition") + ";"),
            CatalogChange.Dropped => [new DropObject(SqlName.Parse(change.Identity), "INDEX", false)],
            _ => [],
        };
    }

    private IEnumerable<Act> Constraint(CatalogDifference change, SqlName? table)
    {
        if (change.Properties.FirstOrDefault(p => p.Name == "domain") is { } domain)
        {
            return change.Change == CatalogChange.Created && domain.After is { } name
                ? FromDefinition($"alter domain {name} add constraint {Last(change)} {Now(change, "definition")}{(Now(change, "validated") == "false" ? " not valid" : "")};")
                : [];
        }

        if (table is null) return [];
        return change.Change switch
        {
            CatalogChange.Dropped => [new DropConstraint(table, Last(change))],
            CatalogChange.Changed when change.Properties.Any(p => p is { Name: "validated", Before: "false" }) => [new ValidateConstraint(table, Last(change))],
            CatalogChange.Created when Definition(change, table) is { } constraint => [new AddConstraint(table, constraint)],
            _ => [],
        };
    }

    private ConstraintDefinition? Definition(CatalogDifference change, SqlName table)
    {
        var text = $"alter table {table.Spelled} add constraint {Last(change)} {Now(change, "definition")};";
        var constraint = FromDefinition(text).OfType<AddConstraint>().FirstOrDefault()?.Constraint;
        // The index of a key that was there before has only changed, or was renamed: nothing was built.
        var built = report.Changes.Any(c => c.Kind == "index" && c.Change == CatalogChange.Created && Now(c, "constraint") == Last(change))
            && !report.Changes.Any(c => c.Kind == "index" && c.Change == CatalogChange.Dropped && c.Relation == change.Relation);
        var isKey = constraint?.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique;
        return constraint is null ? null : constraint with { NotValid = Now(change, "validated") == "false", UsingIndex = isKey && !built ? Last(change) : null };
    }

    private CreateTable Table(CatalogDifference change)
    {
        var name = SqlName.Parse(change.Identity);
        var of = Now(change, "partition of") is { } parent ? SqlName.Parse(parent) : null;
        var mine = report.Changes.Where(c => c.Change == CatalogChange.Created && c.Relation == change.Identity).ToList();
        return new CreateTable(name, [.. mine.Where(c => c.Kind == "column").Select(Definition)],
            [.. mine.Where(c => KindOf(c) != ConstraintKind.None).Select(c => Definition(c, name)).OfType<ConstraintDefinition>()],
            of, Now(change, "partition bound") ?? "", Now(change, "partition key") is not null, IsTemporary: false);
    }

    private static IEnumerable<Act> TableChange(CatalogDifference change)
    {
        var name = SqlName.Parse(change.Identity);
        foreach (var property in change.Properties)
        {
            switch (property.Name)
            {
                case "partition of" when property.After is { } parent:
                    yield return new AttachPartition(SqlName.Parse(parent), name, Now(change, "partition bound") ?? "");
                    break;
                case "partition of" when property.Before is { } parent:
                    yield return new DetachPartition(SqlName.Parse(parent), name, Concurrently: false);
                    break;
                case "row security" when property.After?.Contains("enabled", StringComparison.Ordinal) == true:
                    yield return new EnableRowSecurity(name);
                    break;
                case "tablespace" or "access method":
                    yield return new WriteAnew(name, $"SET {property.Name.ToUpperInvariant()}", "TABLE", false);
                    break;
                case "persistence":
                    yield return new WriteAnew(name, property.After == "unlogged" ? "SET UNLOGGED" : "SET LOGGED", "TABLE", false);
                    break;
            }
        }
    }

    private static IEnumerable<Act> Enum(CatalogDifference change)
    {
        if (change.Properties.FirstOrDefault(p => p.Name == "labels") is not { Before: { } before, After: { } after }) yield break;
        var (old, now) = (before.Split(", "), after.Split(", "));
        var type = SqlName.Parse(change.Identity);
        if (now.Length == old.Length) yield return new RenameEnumValue(type, old.Except(now).FirstOrDefault() ?? "", now.Except(old).FirstOrDefault() ?? "");
        else foreach (var value in now.Except(old)) yield return new AddEnumValue(type, value, Placed: now[^1] != value);
    }

    /// <summary>New files that nothing in the catalog explains: TRUNCATE, CLUSTER, VACUUM FULL, REFRESH.</summary>
    private IEnumerable<Act> Files(List<Act> acts)
    {
        if (acts.Count > 0) yield break;
        foreach (var rewrite in report.Rewrites)
        {
            if (rewrite.Kind == "materialized view") yield return new RefreshView(SqlName.Parse(rewrite.Relation), Concurrently: false);
            else if (rewrite.Kind == "table") yield return new WriteAnew(SqlName.Parse(rewrite.Relation), "this statement", "TABLE", false);
        }
    }

    private static IEnumerable<Act> FromDefinition(string definition) =>
        StatementSplitter.Split(definition).Elements.OfType<SqlStatement>().SelectMany(TextReading.Of);

    private static ConstraintKind KindOf(CatalogDifference change) => change.Kind switch
    {
        "check constraint" => ConstraintKind.Check,
        "foreign key" => ConstraintKind.ForeignKey,
        "primary key" => ConstraintKind.PrimaryKey,
        "unique constraint" => ConstraintKind.Unique,
        "exclusion constraint" => ConstraintKind.Exclude,
        "not null constraint" => ConstraintKind.NotNull,
        _ => ConstraintKind.None,
    };

    private static string Last(CatalogDifference change) => SqlName.Parse(change.Identity).SpelledLast;

    private static string? Now(CatalogDifference change, string property) => change.Properties.FirstOrDefault(p => p.Name == property)?.After;
}
