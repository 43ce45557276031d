namespace Migrations.Engine.Sandbox;

/// <summary>Runs one server, and takes it and its folder away when we end, whichever way we end.</summary>
internal interface IServerGuard : IAsyncDisposable
{
    /// <summary>Makes the folder and the data directory in it, with the superuser's password set.</summary>
    Task PrepareAsync(string passwordVerifier, CancellationToken cancellationToken);

    /// <summary>Starts the server and waits until it accepts connections; false when it ended instead (its log says why).</summary>
    Task<bool> StartServerAsync(SandboxRecord record, CancellationToken cancellationToken);
}
