using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine;
using Migrations.Engine.Governance;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the environments that the project's policy names.</summary>
public sealed class PolicyEnvironmentCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var paths = SessionPaths();
            var path = fakeBoundParameters["Path"]?.ToString() is { } given ? paths.GetUnresolvedProviderPathFromPSPath(given) : null;
            return [.. ArgumentCompletion.Of(Policy.ListEnvironments(path, paths.CurrentFileSystemLocation.ProviderPath).Select(name => (name, name)), wordToComplete)];
        }
        catch (Exception failure) when (failure is EngineException or RuntimeException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // A failing completer only disturbs the person who types; the command itself will say what is wrong.
            return [];
        }
    }

    /// <summary>Where the shell stands, which is not the process's own folder. The runspace's proxy refuses while a pipeline runs, and one does.</summary>
    private static PathIntrinsics SessionPaths() =>
        (PathIntrinsics)ScriptBlock.Create("$ExecutionContext.SessionState.Path").Invoke()[0].BaseObject;
}
