using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A private, throw-away PostgreSQL on a free loopback port with a random superuser password. It ends, and its folder
/// with it, at <see cref="StopAsync"/> or when this process ends, however it ends.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private const string Superuser = "postgres";
    private const int PortAttempts = 10;

    private readonly SandboxRecord _record;
    private readonly string _password;
    private readonly Lazy<Task> _stopped;

    private SandboxServer(SandboxRecord record, string folder, string password, IServerGuard guard, OwnerLock ownership)
    {
        _record = record;
        Folder = folder;
        _password = password;
        _stopped = new Lazy<Task>(async () =>
        {
            await guard.DisposeAsync();
            ownership.Remove();
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

    /// <summary>For the superuser and the database postgres. Holds the password: never show it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = Port,
        Username = Superuser,
        Password = _password,
        Database = "postgres",
        Pooling = false,
    }.ConnectionString;

    public SandboxInfo Info => _record.ToInfo(Folder);

    /// <summary>Starts one; first it sweeps away what dead owners left.</summary>
    /// <exception cref="EngineException">
    /// SandboxBinariesNotFound, SandboxBinaryPathWrong, SandboxVersionUnsupported, SandboxUserRefused, SandboxFolderUnusable,
    /// SandboxInitFailed, SandboxStartFailed.
    /// </exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, IActivity activity, CancellationToken cancellationToken)
    {
        var home = await SandboxHome.OpenAsync(options.CacheFolder, cancellationToken);
        await new SandboxRegistry(home, activity).SweepAsync(cancellationToken);
        var binaries = await new BinarySearch(home, activity).FindAsync(options, cancellationToken);
        var template = await new ClusterTemplate(home, activity).GetAsync(binaries, cancellationToken);

        var (name, ownership) = Claim(home, binaries.Major);
        IServerGuard? guard = null;
        try
        {
            guard = ServerGuard.Launch(home, name, template, binaries);
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
            await guard.PrepareAsync(ScramVerifier.Of(password), cancellationToken);
            var record = new SandboxRecord(
                name, binaries.Version, binaries.Major, 0, binaries.Folder, Environment.ProcessId, options.Clock.GetUtcNow());
            record = await StartOnFreePortAsync(record, home.FolderOf(name), guard, cancellationToken);
            activity.Detail($"Sandbox {name}: PostgreSQL {record.Version} of {record.BinaryPath} on 127.0.0.1:{record.Port}.");
            return new SandboxServer(record, home.FolderOf(name), password, guard, ownership);
        }
        catch
        {
            if (guard is not null) await guard.DisposeAsync();
            ownership.Remove();
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopped.Value.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _stopped.Value;

    public override string ToString() => $"{Name}: PostgreSQL {Version} on 127.0.0.1:{Port}";

    /// <summary>A name with its lock held. The lock comes before the folder, so a sweeper never sees a folder that nobody owns.</summary>
    private static (string Name, OwnerLock Ownership) Claim(SandboxHome home, int major)
    {
        while (true)
        {
            var name = $"pg{major}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
            if (OwnerLock.TryCreate(home.LockOf(name)) is not { } ownership) continue;
            if (OwnerLock.TryTakeOver(home.LockOf(name)) is not { } second) return (name, ownership);

            // A lock that can be had twice would let others sweep us away alive.
            second.Dispose();
            ownership.Remove();
            throw new EngineException("SandboxFolderUnusable", FailureKind.Resource,
                $"File locks do not work in '{home.Sandboxes}'.",
                "Set MIGRATIONS_CACHE to a folder on a local disk, and leave DOTNET_SYSTEM_IO_DISABLEFILELOCKING unset.", home.Sandboxes);
        }
    }

    /// <summary>Between our choice of a port and the server's bind another process may take it: then another port is tried.</summary>
    private static async Task<SandboxRecord> StartOnFreePortAsync(
        SandboxRecord record, string folder, IServerGuard guard, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            record = record with { Port = FreePort() };
            if (await guard.StartServerAsync(record, cancellationToken)) return record;
            var log = ServerLog.LastLines(folder);
            if (attempt < PortAttempts && ServerLog.SaysPortTaken(log, record.Port)) continue;
            throw new EngineException("SandboxStartFailed", FailureKind.Resource,
                $"PostgreSQL {record.Version} of {record.BinaryPath} did not start: {log}",
                "The server's own words above say why; a full disk or too little shared memory are the usual reasons.", record.BinaryPath);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
