using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.Binding;

/// <summary>
/// A question of a completer to the server that the command will connect to, for no longer than a person waits at a key. Nothing is
/// offered where that server cannot be known yet, or only by asking somebody.
/// </summary>
internal static class LiveCompletion
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<T> Ask<T>(CommandAst command, IDictionary bound, Func<SessionState, Database, CancellationToken, Task<IReadOnlyList<T>>> question)
    {
        try
        {
            var session = (SessionState)ScriptBlock.Create("$ExecutionContext.SessionState").Invoke()[0].BaseObject;
            if (Target(session, command, bound) is not { Token: null } target) return [];
            using var patience = new CancellationTokenSource(s_patience);
            // Not on this thread: its synchronisation context may be the shell's. What does not answer is left behind; it ends by the same token.
            var asking = Task.Run(() => AskAsync(session, target.Options with { ConnectTimeout = s_patience }, question, patience.Token));
            return asking.Wait(s_patience) ? asking.Result : [];
        }
        catch (Exception failure) when (failure is EngineException or RuntimeException or InvalidOperationException or IOException or UnauthorizedAccessException
            or AggregateException or OperationCanceledException or ArgumentException)
        {
            // A failing completer only disturbs the person who types; the command itself will say what is wrong.
            return [];
        }
    }

    private static async Task<IReadOnlyList<T>> AskAsync<T>(
        SessionState session, ConnectionOptions options, Func<SessionState, Database, CancellationToken, Task<IReadOnlyList<T>>> question, CancellationToken cancellationToken)
    {
        await using var database = new Database(options, new SilentActivity());
        return await question(session, database, cancellationToken);
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
}
