namespace Migrations.Engine.Sandbox;

/// <summary>Runs one server, and takes it and its folder away when we end, whichever way we end.</summary>
internal interface IServerGuard
{
    /// <summary>Starts the server and waits until it accepts connections; false when it ended instead (its log says why).</summary>
    Task<bool> StartServerAsync(SandboxRecord record, CancellationToken cancellationToken);

    /// <summary>Stops the server, or kills it like a crash, and starts it again on its port.</summary>
    Task<bool> RestartServerAsync(bool crash, CancellationToken cancellationToken);

    /// <summary>Ends the server, fast or else immediately, and removes its folder. To be called once.</summary>
    /// <returns>What stands in the way, or null when all is gone.</returns>
    Task<string?> EndAsync();
}
