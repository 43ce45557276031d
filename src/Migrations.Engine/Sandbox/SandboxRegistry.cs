namespace Migrations.Engine.Sandbox;

/// <summary>The sandboxes of this machine and user, those of other processes included.</summary>
public sealed class SandboxRegistry
{
    private readonly SandboxHome _home;
    private readonly IServerHost _host;
    private readonly IActivity _activity;

    internal SandboxRegistry(SandboxHome home, IServerHost host, IActivity activity)
    {
        _home = home;
        _host = host;
        _activity = activity;
    }

    /// <param name="cacheFolder">As in <see cref="SandboxOptions.CacheFolder"/>.</param>
    public static async Task<SandboxRegistry> OpenAsync(string? cacheFolder, IActivity activity, CancellationToken cancellationToken)
    {
        var home = await SandboxHome.OpenAsync(cacheFolder, cancellationToken);
        return new SandboxRegistry(home, IServerHost.Of(home, activity), activity);
    }

    /// <summary>The living ones, oldest first.</summary>
    public IReadOnlyList<SandboxInfo> List() =>
        [.. Names().Where(IsAlive).Select(Read).OfType<SandboxInfo>().OrderBy(info => info.StartedAt)];

    /// <summary>
    /// Stops and removes what dead owners left (their guards died too, or the machine did). A living owner's sandbox is never
    /// touched: its lock cannot be taken. What cannot be removed is warned about and does not fail the call.
    /// </summary>
    /// <returns>The names of what was removed.</returns>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = new List<string>();
        foreach (var name in Names())
        {
            using var dead = OwnerLock.TryTakeOver(_home.LockOf(name));
            if (dead is null && File.Exists(_home.LockOf(name))) continue;
            if (dead is null && !Directory.Exists(_home.FolderOf(name))) continue;
            if (await _host.RemoveAsync(name, cancellationToken) is { } failure) _activity.Warn($"The dead sandbox {name} could not be removed: {failure}");
            else swept.Add(name);
        }

        if (swept.Count > 0) _activity.Detail($"Removed what dead processes left: {string.Join(", ", swept)}.");
        return swept;
    }

    /// <summary>Stops a sandbox of another process of this user; its owner finds it gone.</summary>
    /// <exception cref="EngineException">SandboxNotFound, SandboxStopFailed.</exception>
    public async Task StopAsync(string name, CancellationToken cancellationToken)
    {
        if (!Names().Contains(name, StringComparer.Ordinal))
        {
            throw new EngineException("SandboxNotFound", FailureKind.NotFound, $"There is no sandbox '{name}'.",
                "Get-DbSandbox lists the living ones of this user.", name);
        }

        if (await _host.RemoveAsync(name, cancellationToken) is { } left) throw StopFailed(name, left);
    }

    internal static EngineException StopFailed(string name, string left) =>
        new("SandboxStopFailed", FailureKind.Resource, $"The sandbox {name} could not be stopped and removed: {left}",
            "The next start tries again; the process named first in its data/postmaster.pid can be ended by hand.", name);

    /// <summary>Folders and lock files; a guard that was killed leaves both, one that is just done may leave either for a moment.</summary>
    private List<string> Names() =>
        [.. Directory.EnumerateFileSystemEntries(_home.Sandboxes)
            .Select(entry => Path.GetFileName(entry)!)
            .Select(entry => entry.EndsWith(".lock", StringComparison.Ordinal) ? entry[..^".lock".Length] : entry)
            .Distinct(StringComparer.Ordinal)];

    private bool IsAlive(string name)
    {
        if (!File.Exists(_home.LockOf(name))) return false;
        using var dead = OwnerLock.TryTakeOver(_home.LockOf(name));
        return dead is null;
    }

    private SandboxInfo? Read(string name) => SandboxRecord.Read(_home.FolderOf(name))?.ToInfo(_home.FolderOf(name));
}
