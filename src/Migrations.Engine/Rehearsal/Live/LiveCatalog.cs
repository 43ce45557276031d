namespace Migrations.Engine.Rehearsal;

/// <summary>What the target's own statistics say of its relations, read once and without touching a row.</summary>
public sealed class LiveCatalog(IEnumerable<LiveRelation> relations)
{
    private readonly Dictionary<string, LiveRelation> _byName = relations.ToDictionary(relation => relation.Relation, StringComparer.Ordinal);

    public LiveRelation? Find(string relation) => _byName.GetValueOrDefault(relation);
}
