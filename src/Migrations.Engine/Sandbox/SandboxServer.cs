using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A private, throw-away PostgreSQL on a free loopback port with a random superuser password. It ends, and its folder
/// with it, at <see cref="StopAsync"/> or when this process ends, however it ends.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private const int PortAttempts = 10;

    private readonly SandboxRecord _record;
    private readonly string _password;
    private readonly IServerGuard _guard;
    private readonly Lazy<Task<string?>> _end;

    private SandboxServer(SandboxRecord record, string folder, string password, IServerGuard guard, OwnerLock ownership)
    {
        _record = record;
        Folder = folder;
        _password = password;
        _guard = guard;

        // It lives until it is stopped, also when nobody holds this object any more: a collected pipe or lock would end it.
        var rooted = GCHandle.Alloc(this);
        _end = new Lazy<Task<string?>>(async () =>
        {
            var left = await guard.EndAsync();
            ownership.Remove();
            rooted.Free();
            return left;
        });
    }

    public string Name => _record.Name;

    public string Version => _record.Version;

    public int Major => _record.Major;

    public int Port => _record.Port;

    public string Folder { get; }

    public string BinaryPath => _record.BinaryPath;

    public int OwnerProcessId => _record.OwnerProcessId;

    public DateTimeOffset StartedAt => _record.StartedAt;

    /// <summary>As the superuser to the database postgres.</summary>
    public ConnectionOptions Connection => ConnectionOptions.Parse(ConnectionString, ConnectionSources.None);

    /// <summary>Holds the password.</summary>
    internal string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = Port,
        Username = ClusterSettings.Superuser,
        Password = _password,
        Database = "postgres",
        SslMode = SslMode.Disable,
        Pooling = false,
    }.ConnectionString;

    public static string UserName => ClusterSettings.Superuser;

    /// <summary>For other programs that have to log in. A method, so that nothing shows it by listing properties.</summary>
    public string RevealPassword() => _password;

    public SandboxInfo Info => _record.ToInfo(Folder);

    /// <summary>Starts one; first it sweeps away what dead owners left.</summary>
    /// <exception cref="EngineException">
    /// SandboxBinariesNotFound, SandboxBinaryPathWrong, SandboxVersionUnsupported, SandboxUserRefused, SandboxFolderUnusable,
    /// SandboxInitFailed, SandboxStartFailed.
    /// </exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, IActivity activity, CancellationToken cancellationToken)
    {
        var home = await SandboxHome.OpenAsync(options.CacheFolder, cancellationToken);
        var host = IServerHost.Of(home, activity);
        await new SandboxRegistry(home, host, activity).SweepAsync(cancellationToken);
        var binaries = await new BinarySearch(home, activity).FindAsync(options, cancellationToken);

        var (name, ownership) = Claim(home, binaries.Major);
        IServerGuard? guard = null;
        try
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
            guard = await host.PrepareAsync(name, binaries, ScramVerifier.Of(password), cancellationToken);
            var record = new SandboxRecord(
                name, binaries.Version, binaries.Major, 0, binaries.Folder, Environment.ProcessId, options.Clock.GetUtcNow());
            record = await StartOnFreePortAsync(record, home.FolderOf(name), guard, options.ChoosePort, cancellationToken);
            activity.Detail($"Sandbox {name}: PostgreSQL {record.Version} of {record.BinaryPath} on 127.0.0.1:{record.Port}.");
            return new SandboxServer(record, home.FolderOf(name), password, guard, ownership);
        }
        catch
        {
            if (guard is not null) await guard.EndAsync();
            ownership.Remove();
            throw;
        }
    }

    /// <summary>Stops the server and starts it again on the same port, for seeing what survives.</summary>
    /// <param name="crash">Kills it without warning, so that it has to recover.</param>
    /// <exception cref="EngineException">SandboxStartFailed.</exception>
    public async Task RestartAsync(bool crash, CancellationToken cancellationToken)
    {
        if (!await _guard.RestartServerAsync(crash, cancellationToken)) throw StartFailed(_record, ServerLog.LastLines(Folder));
    }

    /// <summary>Ends the server (fast, then immediate) and removes its folder. Any number of calls is one.</summary>
    /// <exception cref="EngineException">SandboxStopFailed.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (await _end.Value.WaitAsync(cancellationToken) is { } left) throw SandboxRegistry.StopFailed(Name, left);
    }

    /// <summary>As <see cref="StopAsync"/>, but silent: what could not be removed is left to the sweep of the next start.</summary>
    public async ValueTask DisposeAsync() => await _end.Value;

    public override string ToString() => $"{Name}: PostgreSQL {Version} on 127.0.0.1:{Port}";

    /// <summary>A name with its lock held. The lock comes before the folder, so a sweeper never sees a folder that nobody owns.</summary>
    private static (string Name, OwnerLock Ownership) Claim(SandboxHome home, int major)
    {
        try
        {
            while (true)
            {
                var name = $"pg{major}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
                if (OwnerLock.TryCreate(home.LockOf(name)) is not { } ownership) continue;
                if (OwnerLock.TryTakeOver(home.LockOf(name)) is not { } second) return (name, ownership);

                // A lock that can be had twice would let others sweep us away alive.
                second.Dispose();
                ownership.Remove();
                throw home.Unusable("file locks have no effect there (DOTNET_SYSTEM_IO_DISABLEFILELOCKING, or a network file system)");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw home.Unusable(e.Message, e);
        }
    }

    /// <summary>Between our choice of a port and the server's bind another process may take it: then another port is tried.</summary>
    private static async Task<SandboxRecord> StartOnFreePortAsync(
        SandboxRecord record, string folder, IServerGuard guard, Func<int> choosePort, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            record = record with { Port = choosePort() };
            if (await guard.StartServerAsync(record, cancellationToken)) return record;
            var log = ServerLog.LastLines(folder);
            if (attempt < PortAttempts && ServerLog.SaysPortTaken(log, record.Port)) continue;
            throw StartFailed(record, log);
        }
    }

    private static EngineException StartFailed(SandboxRecord record, string log) =>
        new("SandboxStartFailed", FailureKind.Resource, $"PostgreSQL {record.Version} of {record.BinaryPath} did not start: {log}",
            "The server's own words above say why; a full disk or too little shared memory are the usual reasons.", record.BinaryPath);
}
