using Migrations.Engine.Catalog;
using Migrations.Engine.Rehearsal;

namespace Migrations.Engine.Governance;

/// <summary>What a script has made and changed when it is through, put together from what each of its statements did in the rehearsal.</summary>
internal sealed class ResultingCatalog
{
    private readonly Dictionary<(string Kind, string Identity), ResultingObject> _objects = [];

    private ResultingCatalog(MigrationReport report)
    {
        foreach (var statement in report.Statements)
            foreach (var change in statement.Changes) Take(change, statement.Path, statement.Line);
        foreach (var change in report.Afterwards) Take(change, report.Path, null);
    }

    public IEnumerable<ResultingObject> Objects => _objects.Values.OrderBy(it => it.Line ?? int.MaxValue).ThenBy(it => it.Kind, StringComparer.Ordinal).ThenBy(it => it.Identity, StringComparer.Ordinal);

    public static ResultingCatalog Of(MigrationReport report) => new(report);

    public ResultingObject? Find(string kind, string identity) => _objects.GetValueOrDefault((kind, identity));

    private void Take(CatalogDifference change, string path, int? line)
    {
        var key = (change.Kind, change.Identity);
        var known = _objects.GetValueOrDefault(key);
        if (change.Change == CatalogChange.Dropped)
        {
            _objects.Remove(key);
            return;
        }

        var before = new Dictionary<string, string?>(known?.Before ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        var after = new Dictionary<string, string?>(known?.After ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        foreach (var property in change.Properties)
        {
            before.TryAdd(property.Name, property.Before);
            after[property.Name] = property.After;
        }

        _objects[key] = new ResultingObject(change.Kind, change.Identity, change.Relation, known?.IsNew == true || change.Change == CatalogChange.Created, before, after, path, line);
    }
}
