using System.Net;
using System.Net.Sockets;

namespace Migrations.Engine.Sandbox;

/// <summary>What a sandbox should be; everything has a default.</summary>
public sealed record SandboxOptions
{
    /// <summary>The PostgreSQL major to run (15 or newer); null takes the first server found.</summary>
    public int? Version { get; init; }

    /// <summary>The folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null searches for one.</summary>
    public string? BinaryPath { get; init; }

    /// <summary>
    /// Where fetched binaries, data directory templates and the sandboxes themselves live; null is <c>MIGRATIONS_CACHE</c>
    /// or the usual cache folder of this user. Sandboxes of different folders do not see each other.
    /// </summary>
    public string? CacheFolder { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Tests choose a port that is taken.</summary>
    internal Func<int> ChoosePort { get; init; } = FreePort;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
