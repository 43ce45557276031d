using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using Migrations.Engine;

namespace Migrations.Cmdlets.State;

/// <summary>A script block that yields a short-lived password, asked once for each new connection.</summary>
internal sealed class TokenSource(ScriptBlock script)
{
    private readonly Guid _home = Runspace.DefaultRunspace.InstanceId;

    /// <summary>On the pipeline thread only. What the script throws passes: the engine tells it as a failed authentication.</summary>
    public string Ask()
    {
        var output = Here().Invoke();
        return output is [var token] && TextOf(token?.BaseObject) is { Length: > 0 } text ? text : throw NotOneToken(output.Count);
    }

    /// <summary>
    /// A script block belongs to its runspace: called from another (ForEach-Object -Parallel), it would wait for that one,
    /// which waits for us.
    /// </summary>
    private ScriptBlock Here() => Runspace.DefaultRunspace.InstanceId == _home ? script : ScriptBlock.Create(script.ToString());

    private static string? TextOf(object? token) => token switch
    {
        string text => text,
        SecureString secret => new PSCredential("token", secret).GetNetworkCredential().Password,
        PSCredential credential => credential.GetNetworkCredential().Password,
        _ => null,
    };

    private static EngineException NotOneToken(int count) => new("TokenScriptInvalid", FailureKind.Authentication,
        count == 1 ? "it wrote something that is no token." : $"it wrote {count} objects instead of one token.",
        "It has to write exactly one non-empty string, SecureString or PSCredential, and nothing else.");
}
