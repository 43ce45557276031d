using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Binding;

/// <summary>The living sandboxes of this user; it reads a folder, nothing else.</summary>
public sealed class SandboxNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var names = Living().Select(info => (info.Name, $"PostgreSQL {info.Version} on port {info.Port}"));
            return [.. ArgumentCompletion.Of(names, wordToComplete)];
        }
        catch (EngineException)
        {
            // A failing completer only disturbs the person who types; the command itself will say what is wrong.
            return [];
        }
    }

    private static IReadOnlyList<SandboxInfo> Living() =>
        Task.Run(() => SandboxRegistry.OpenAsync(null, new SilentActivity(), CancellationToken.None)).GetAwaiter().GetResult().List();
}
