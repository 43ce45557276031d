using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Migrations.Engine;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the versions of the project's files. It reads names only and asks no server.</summary>
public sealed class VersionCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // The process's own folder is not where the shell stands.
        var paths = Runspace.DefaultRunspace.SessionStateProxy.Path;
        try
        {
            var path = fakeBoundParameters["Path"]?.ToString() is { } given ? paths.GetUnresolvedProviderPathFromPSPath(given) : null;
            return [.. ArgumentCompletion.Of(ScriptProject.ListNames(path, paths.CurrentFileSystemLocation.ProviderPath), wordToComplete)];
        }
        catch (Exception failure) when (failure is EngineException or RuntimeException or IOException or UnauthorizedAccessException)
        {
            // A failing completer only disturbs the person who types; the command itself will say what is wrong.
            return [];
        }
    }
}
