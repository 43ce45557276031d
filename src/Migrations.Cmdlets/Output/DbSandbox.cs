using System.Management.Automation;
using System.Security;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Output;

/// <summary>
/// A throw-away PostgreSQL. No property holds its password; <see cref="GetCredential"/> hands it to the session that started it.
/// </summary>
public sealed class DbSandbox
{
    private readonly SandboxInfo _info;

    internal DbSandbox(SandboxInfo info, SandboxServer? server)
    {
        _info = info;
        Server = server;
    }

    public string Name => _info.Name;

    public string Version => _info.Version;

    public string Host { get; } = "127.0.0.1";

    public int Port => _info.Port;

    public DateTimeOffset StartedAt => _info.StartedAt;

    /// <summary>The sandbox goes when this process does.</summary>
    public int OwnerProcessId => _info.OwnerProcessId;

    /// <summary>Whether this session started it, so that it can be connected to and stopped without -Force.</summary>
    public bool IsOwn => Server is not null;

    public string Folder => _info.Folder;

    public string BinaryPath => _info.BinaryPath;

    internal SandboxServer? Server { get; }

    /// <summary>The superuser's credential, for other programs; null when another session started the sandbox.</summary>
    public PSCredential? GetCredential()
    {
        if (Server is null) return null;
        var password = new SecureString();
        foreach (var character in Server.RevealPassword()) password.AppendChar(character);
        return new PSCredential(SandboxServer.UserName, password);
    }

    public override string ToString() => Name;
}
