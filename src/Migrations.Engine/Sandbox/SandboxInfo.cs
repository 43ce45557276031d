namespace Migrations.Engine.Sandbox;

/// <summary>A living sandbox as anybody of this machine and user may see it: no password.</summary>
/// <param name="Version">Of the server, such as 18.4.</param>
/// <param name="Port">On 127.0.0.1; nothing else is listened on.</param>
/// <param name="Folder">Holds the data directory and the server's log; removed at stop.</param>
/// <param name="OwnerProcessId">The process that started it and at whose end it ends.</param>
/// <param name="Owned">Whether this very process is the owner.</param>
public sealed record SandboxInfo(
    string Name,
    string Version,
    int Major,
    int Port,
    string Folder,
    string BinaryPath,
    int OwnerProcessId,
    DateTimeOffset StartedAt,
    bool Owned);
