using System.Management.Automation;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>A cmdlet that puts scripts on record as applied without running them: plans, asks, writes.</summary>
public abstract class TakeOverCommand : ProjectCommand
{
    /// <summary>The stamp that the database must carry; wins over the project's setting.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    protected MigrationRequest Request()
    {
        var request = BaseRequest();
        return request with { Environment = Environment ?? request.Environment };
    }

    /// <returns>False when there was nothing to do, or nobody agreed.</returns>
    private protected bool Carry(TakeOverPlan plan, string what, HistoryMapFile? mapFile)
    {
        foreach (var warning in plan.Warnings) WriteWarning(warning);
        if (plan.Count == 0)
        {
            Say($"Nothing to do in {plan.Target}.");
            return false;
        }

        var description = $"{what} in {plan.Target}, without running {(plan.Count == 1 ? "it" : "them")}";
        if (!ShouldProcess(description, description + "?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plan.Describe(), enumerateCollection: true);
            return false;
        }

        var runner = new TakeOverRunner(Database, Activity, TimeProvider.System);
        WriteObject(Await((_, stop) => runner.RunAsync(plan, mapFile, stop)), enumerateCollection: true);
        return true;
    }

    private protected static string Scripts(int count) => count == 1 ? "1 script" : $"{count} scripts";
}
