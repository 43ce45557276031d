using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Tables;

/// <summary>
/// Loads the CSV files of a script's folder as Import-Table does, in the script's own transaction: <c>sales.orders.csv</c> into sales.orders, tables
/// that others refer to first. The first bad row ends the script.
/// </summary>
public sealed class ScriptDataLoader(TimeProvider clock) : IScriptDataLoader
{
    /// <inheritdoc/>
    public async Task LoadAsync(Database database, Session session, IReadOnlyList<string> files, IActivity activity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        var plans = new List<ImportPlan>();
        foreach (var file in files) plans.Add(await new ImportPlanner(session, RequestFor(file)).PlanAsync(cancellationToken));
        foreach (var plan in await LoadOrder.SortAsync(session, plans, cancellationToken)) await LoadAsync(database, session, plan, activity, cancellationToken);
    }

    private async Task LoadAsync(Database database, Session session, ImportPlan plan, IActivity activity, CancellationToken cancellationToken)
    {
        using var run = new ImportRun(database, plan, activity, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lane = run.Lane(session);
        try
        {
            await ServerCalls.RunAsync(session, async () =>
            {
                var own = await LoadSettings.EnterAsync(lane, plan.Request, cancellationToken);
                await LaneWork.LoadAsync(run.Load(lane), run.Feed(hashes: false), stop, cancellationToken);
                run.Settle();
                await AfterImport.AdvanceSequencesAsync(lane, run, cancellationToken);
                await lane.ExecuteAsync([.. own.Return, $"analyze {plan.Into.Name.Sql}"], cancellationToken);
            });
        }
        finally
        {
            run.Progress.End();
        }

        activity.Detail($"{run.Tally.Loaded} rows of {plan.Read[0].Name} are in {plan.Table}.");
    }

    private static ImportRequest RequestFor(string file) => new() { Table = TableOf(Path.GetFileName(file)), Files = [file], IsOfScript = true };

    private static string TableOf(string name) => name[..name.LastIndexOf(".csv", StringComparison.OrdinalIgnoreCase)];
}
