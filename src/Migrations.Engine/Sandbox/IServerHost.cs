namespace Migrations.Engine.Sandbox;

/// <summary>How one kind of operating system runs and removes sandboxes.</summary>
internal interface IServerHost
{
    /// <summary>Makes the sandbox's folder with its data directory, and a guard over it. The server does not run yet.</summary>
    /// <param name="passwordVerifier">The superuser's password as <see cref="ScramVerifier"/> hides it.</param>
    /// <exception cref="EngineException">SandboxInitFailed; nothing is left then.</exception>
    Task<IServerGuard> PrepareAsync(string name, ServerBinaries binaries, string passwordVerifier, CancellationToken cancellationToken);

    /// <summary>Stops a sandbox's server without its guard, and removes folder and lock file.</summary>
    /// <returns>What stands in the way, or null when all is gone.</returns>
    Task<string?> RemoveAsync(string name, CancellationToken cancellationToken);

    static IServerHost Of(SandboxHome home, IActivity activity) =>
        OperatingSystem.IsWindows() ? new WindowsServerHost(home) : new UnixServerHost(home, new ClusterTemplate(home, activity));
}
