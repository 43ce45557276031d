using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// The views in the way of a repeatable that changes a view: dropped before its statement and made again after it, in one transaction with it, each
/// with all it had.
/// </summary>
/// <param name="Drops">Dependents first.</param>
/// <param name="Restores">Of the dependents, in the order in which they depend on one another; behind the script's statements.</param>
/// <param name="Refills">Of the materialised ones that held rows; behind all the others.</param>
/// <param name="Kept">What a view that the script itself makes anew keeps of the old one; right behind the statement that makes it, so that what the script says of it later counts.</param>
internal sealed record DependentViews(
    IReadOnlyList<ViewRestore> Drops, IReadOnlyList<ViewRestore> Restores, IReadOnlyList<ViewRestore> Refills, ILookup<ScriptStep, ViewRestore> Kept)
{
    public static DependentViews None { get; } = new([], [], [], Enumerable.Empty<(ScriptStep Step, ViewRestore Restore)>().ToLookup(pair => pair.Step, pair => pair.Restore));

    /// <param name="step">A statement of the script that makes a view; null: its end.</param>
    public IEnumerable<string> After(ScriptStep? step) => step is null
        ? [.. Framed(Restores), .. Refills.Select(restore => restore.Text)]
        : Framed([.. Kept[step]]);

    /// <summary>What a statement was for; null when it was none of these.</summary>
    public ViewRestore? Of(string? statement) =>
        Drops.Concat(Restores).Concat(Refills).Concat(Kept.SelectMany(restores => restores)).FirstOrDefault(restore => restore.Text == statement);

    /// <summary>What was read with nothing in the path is said so too: a path of the script could give a bare name another meaning.</summary>
    private static IEnumerable<string> Framed(IReadOnlyList<ViewRestore> restores) => restores.Count == 0 ? [] :
    [
        "select pg_catalog.set_config('migrations.search_path', pg_catalog.current_setting('search_path'), true), pg_catalog.set_config('search_path', '', true)",
        .. restores.Select(restore => restore.Text),
        "select pg_catalog.set_config('search_path', pg_catalog.current_setting('migrations.search_path'), true)",
    ];
}
