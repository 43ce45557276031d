using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the run that goes on in the database, with who started it and where it is. It asks the server once, for no longer than a person waits at a key.</summary>
public sealed class RunIdCompleter : IArgumentCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var session = (SessionState)ScriptBlock.Create("$ExecutionContext.SessionState").Invoke()[0].BaseObject;
            if (Target(session, commandAst, fakeBoundParameters) is not { Token: null } target) return [];
            var schema = HistorySelection.Of(session.Path, fakeBoundParameters["Path"]?.ToString(), fakeBoundParameters["HistorySchema"]?.ToString());
            return [.. ArgumentCompletion.Of(Running(target.Options, schema), wordToComplete)];
        }
        catch (Exception failure) when (failure is EngineException or RuntimeException or InvalidOperationException or IOException or UnauthorizedAccessException
            or AggregateException or OperationCanceledException or ArgumentException)
        {
            // A failing completer only disturbs the person who types; the command itself will say what is wrong.
            return [];
        }
    }

    /// <returns>Null where the command will connect in a way that cannot be known here, or only by asking somebody.</returns>
    private static ConnectionTarget? Target(SessionState session, CommandAst command, IDictionary bound)
    {
        foreach (var name in new[] { "Connection", "Credential", "TokenScript" })
            if (bound[name] is null && IsTyped(command, name)) return null;
        if (bound["TokenScript"] is not null) return null;
        return ConnectionTarget.Of(bound["Connection"], RunspaceState.Known(session.PSVariable) ?? new RunspaceState()).With(bound["Credential"] as PSCredential, null);
    }

    private static bool IsTyped(CommandAst command, string name) =>
        command.CommandElements.OfType<CommandParameterAst>().Any(typed => name.StartsWith(typed.ParameterName, StringComparison.OrdinalIgnoreCase));

    private static List<(string Value, string ToolTip)> Running(ConnectionOptions options, HistorySchema schema)
    {
        using var patience = new CancellationTokenSource(s_patience);
        // Not on this thread: its synchronisation context may be the shell's. What does not answer is left behind; it ends by the same token.
        var reading = Task.Run(() => ReadAsync(options with { ConnectTimeout = s_patience }, schema, patience.Token));
        return reading.Wait(s_patience)
            ? [.. from run in reading.Result where run is { RunId: not null, Pid: not null } select (run.RunId!.Value.ToString(), ToolTipOf(run))]
            : [];
    }

    private static async Task<IReadOnlyList<RunningMigration>> ReadAsync(ConnectionOptions options, HistorySchema schema, CancellationToken cancellationToken)
    {
        await using var database = new Database(options, new SilentActivity());
        return await new RunningMigrationReader(database, TimeProvider.System).ReadAsync(schema, cancellationToken);
    }

    private static string ToolTipOf(RunningMigration run) =>
        $"{run.Kind} by {run.Who}{(run.Elapsed is { } age ? $", for {age:hh\\:mm\\:ss}" : "")}{(run.Script is { } script ? $", at {script}" : "")}, in {run.Database}";
}
