using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Takes this module out of a database. What its scripts have built stays.</summary>
[Cmdlet(VerbsCommon.Remove, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(HistoryRemoval))]
public sealed class RemoveMigrationHistoryCommand : DatabaseCommand
{
    /// <summary>The project whose settings name the history schema.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Where the history goes first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>The stamp that the database must carry.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    /// <summary>Give the history up without a file; with one, overwrite it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var schema = HistorySelection.Of(this, Path, HistorySchema);
        if (OutFile is null && !Force)
        {
            throw new EngineException("HistoryNotExported", FailureKind.Refused, $"The history {schema} would be lost: no file was named for it. Nothing was changed.",
                "Name one with -OutFile, and it is written first; -Force gives the history up.", schema.Name);
        }

        var request = new MigrationRequest { History = schema, Environment = Environment };
        var file = OutFile is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile);
        var remover = new HistoryRemover(Database, Activity, TimeProvider.System);
        if (Await((_, stop) => remover.PlanAsync(request, file, Force, stop)) is not { } plan)
        {
            WriteInformation(new HostInformationMessage { Message = $"{Database.Options.Database} has no history schema {schema}: nothing to remove." }, ["PSHOST", "Migrations"]);
            return;
        }

        foreach (var warning in plan.Warnings) WriteWarning(warning);
        var what = $"{(file is null ? "Give up" : $"Write to {file}, and then remove,")} the history {schema} ({plan.Runs} runs, {plan.Scripts} scripts) of {plan.Target}";
        if (!ShouldProcess(what, what + "?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plan);
            return;
        }

        WriteObject(Await((_, stop) => remover.RemoveAsync(plan, request, Force, stop)));
    }
}
