using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>The views in the way of one statement. They are read anew whenever the script is tried again.</summary>
/// <param name="later">The scripts of the run behind this one.</param>
internal sealed class ViewsAside(ViewConflict conflict, IReadOnlyList<PlannedScript> later, IActivity activity)
{
    public ViewConflict Conflict => conflict;

    public DependentViews Found { get; private set; } = DependentViews.None;

    public async Task ReadAsync(Session session, PlannedScript script, CancellationToken cancellationToken)
    {
        Found = DependentViews.None;
        Found = await new DependentViewsReader(session, script, later).ReadAsync(conflict, cancellationToken);
        if (Found.Drops.Count == 0) return;
        activity.Detail($"{script.Name}, line {conflict.Step.Position.Line}: dropped and made again around it: {string.Join(", ", Found.Drops.Select(drop => drop.View))}");
    }
}
