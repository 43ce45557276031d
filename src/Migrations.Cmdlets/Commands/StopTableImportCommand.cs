using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Commands;

/// <summary>Gives up imports that were cut off. The rows that they have committed stay.</summary>
[Cmdlet(VerbsLifecycle.Stop, "TableImport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(UnfinishedImport))]
public sealed class StopTableImportCommand : DatabaseCommand
{
    /// <summary>As SQL reads it, sales.orders, or exactly as it is called.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TableNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Table { get; set; } = "";

    /// <summary>Only this one; without it all of the table.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Guid? ImportId { get; set; }

    /// <summary>Where the account stands; without it in the project's history, and outside a project in the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    protected override void Execute()
    {
        var history = HistorySelection.Of(this, null, HistorySchema);
        var imports = new UnfinishedImports(Database, history);
        var found = Await((_, stop) => imports.ReadAsync(Table, ImportId, stop));
        if (found.Count == 0) WriteInformation(new HostInformationMessage { Message = $"No import into {Table} is unfinished in {Database.Options.Database} (history {history})." }, ["PSHOST", "Migrations"]);
        foreach (var import in found)
        {
            var aside = import.Records > import.Loaded ? $", {import.Records - import.Loaded:N0} more were set aside or gave way to others of their key (.rejected.csv.partial beside the file)" : "";
            var what = $"Give up the {import}: {import.Loaded:N0} rows of it are committed and stay{aside}, and the rest is not loaded any more";
            if (ShouldProcess(what, what + "?", "Confirm", out var reason)) WriteObject(Await((_, stop) => imports.GiveUpAsync(import, stop)));
            else if (reason == ShouldProcessReason.WhatIf) WriteObject(import);
        }
    }
}
