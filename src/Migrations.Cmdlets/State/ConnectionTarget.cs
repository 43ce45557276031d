using System.Management.Automation;
using Migrations.Cmdlets.Output;
using Migrations.Engine;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.State;

/// <summary>What -Connection, -Credential and -TokenScript come to.</summary>
/// <param name="Token">Asked on the pipeline thread, so the command that connects has to attach it.</param>
/// <param name="Sandbox">The name of the sandbox that this leads to.</param>
internal sealed record ConnectionTarget(ConnectionOptions Options, TokenSource? Token, string? Sandbox)
{
    private const string CopyOfOurs = "Deserialized.Migrations.";

    /// <param name="connection">Null: the default connection, without one the PG* environment.</param>
    public static ConnectionTarget Of(object? connection, RunspaceState state) =>
        (connection is PSObject wrapped ? wrapped.BaseObject : connection) switch
        {
            null => state.Default ?.Target ?? Of(""),
            string text => Of(text),
            DbConnection known => known.Target,
            DbSandbox { Server: { } server } sandbox => new(server.Connection, null, sandbox.Name),
            DbSandbox sandbox => throw NotOwn(sandbox),
            var other => throw NotUnderstood(connection as PSObject ?? PSObject.AsPSObject(other)),
        };

    public ConnectionTarget With(PSCredential? credential, ScriptBlock? tokenScript) => (credential, tokenScript) switch
    {
        (null, null) => this,
        (null, { } script) => this with { Token = new TokenSource(script) },
        ({ } given, null) => this with
        {
            Options = Options.WithCredential(NameOf(given), given.GetNetworkCredential().Password),
            Token = null,
        },
        _ => throw new EngineException("CredentialAndTokenScript", FailureKind.InvalidInput,
            "-Credential and -TokenScript were both given.",
            "Name the user of a token in -Connection (user=...), and leave -Credential out."),
    };

    private static ConnectionTarget Of(string text) => new(ConnectionOptions.Parse(text), null, null);

    /// <summary>PowerShell keeps the backslash of a name typed without a domain.</summary>
    private static string NameOf(PSCredential credential) => credential.UserName.TrimStart('\\');

    private static EngineException NotOwn(DbSandbox sandbox) => new("SandboxNotOwn", FailureKind.Refused,
        $"The password of sandbox {sandbox.Name} is known only to the session that started it.",
        "Use it from that session, or start one here with Start-DbSandbox.", sandbox.Name);

    private static EngineException NotUnderstood(PSObject given)
    {
        var type = given.TypeNames.FirstOrDefault() ?? given.BaseObject.GetType().FullName!;
        return type.StartsWith(CopyOfOurs, StringComparison.Ordinal)
            ? new("ConnectionIsCopy", FailureKind.InvalidInput,
                "This connection came from another process or job as a copy, and a copy holds no credential.",
                "Give a connection text, and connect inside the job.", type)
            : new("ConnectionNotUnderstood", FailureKind.InvalidInput,
                $"A {type} is no connection.",
                "Give a connection string, a postgresql:// URI, a service name, or what Connect-Db or Start-DbSandbox wrote.", type);
    }
}
