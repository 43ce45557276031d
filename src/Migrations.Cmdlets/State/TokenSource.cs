using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using Migrations.Engine;

namespace Migrations.Cmdlets.State;

/// <summary>A script block that yields a short-lived password, asked once for each new connection.</summary>
internal sealed class TokenSource(ScriptBlock script)
{
    private readonly Guid _home = Runspace.DefaultRunspace.InstanceId;

    /// <summary>On the pipeline thread only.</summary>
    public string Ask()
    {
        Collection<PSObject> output;
        try
        {
            output = Here().Invoke();
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            throw new EngineException("TokenScriptFailed", FailureKind.Authentication,
                $"The token script failed: {failure.ErrorRecord.Exception.Message}", "Run the script block by itself to see why.", null, failure);
        }

        return output is [var token] && TextOf(token?.BaseObject) is { Length: > 0 } text ? text : throw NotOneToken(output.Count);
    }

    /// <summary>
    /// A script block belongs to its runspace: called from another (ForEach-Object -Parallel), it would wait for that one, which waits for us.
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
        count == 1 ? "The token script wrote something that is no token." : $"The token script wrote {count} objects instead of one token.",
        "It has to write exactly one non-empty string, SecureString or PSCredential, and nothing else.");
}
