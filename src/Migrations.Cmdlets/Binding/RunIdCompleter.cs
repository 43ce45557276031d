using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the run that goes on in the database, with who started it and where it is.</summary>
public sealed class RunIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var running = LiveCompletion.Ask(commandAst, fakeBoundParameters, (session, database, stop) =>
        {
            var schema = HistorySelection.Of(session.Path, fakeBoundParameters["Path"]?.ToString(), fakeBoundParameters["HistorySchema"]?.ToString());
            return new RunningMigrationReader(database, TimeProvider.System).ReadAsync(schema, stop);
        });
        return [.. ArgumentCompletion.Of(from run in running where run is { RunId: not null, Pid: not null } select (run.RunId!.Value.ToString(), ToolTipOf(run)), wordToComplete)];
    }

    private static string ToolTipOf(RunningMigration run) =>
        $"{run.Kind} by {run.Who}{(run.Elapsed is { } age ? $", for {age:hh\\:mm\\:ss}" : "")}{(run.Script is { } script ? $", at {script}" : "")}, in {run.Database}";
}
