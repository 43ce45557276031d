namespace Migrations.Engine.Governance;

/// <summary>An object as a rehearsed script left it.</summary>
/// <param name="IsNew">The script made it, or gave it this name.</param>
/// <param name="Before">Of a property that was changed: its first value; null: none.</param>
/// <param name="After">All properties of a new one; of any other those that were changed. Null: none any more.</param>
/// <param name="Path">Where the last statement stands that changed it.</param>
/// <param name="Line">From 1; null when no statement of the script did: a verify section or a hook.</param>
internal sealed record ResultingObject(
    string Kind, string Identity, string? Relation, bool IsNew, IReadOnlyDictionary<string, string?> Before, IReadOnlyDictionary<string, string?> After, string Path, int? Line)
{
    public string? Now(string property) => After.GetValueOrDefault(property);

    public bool Changed(string property) => IsNew ? After.ContainsKey(property) : After.ContainsKey(property) && Before.GetValueOrDefault(property) != After[property];
}
