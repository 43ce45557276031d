using System.Collections.Concurrent;
using Migrations.Engine.Tests.Connection;
using Xunit;

[assembly: AssemblyFixture(typeof(GuardedServers))]

namespace Migrations.Engine.Tests.Connection;

/// <summary>One <see cref="GuardedServer"/> of each major asked for, for the tests of this room.</summary>
public sealed class GuardedServers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, Lazy<Task<GuardedServer>>> _servers = new();

    internal Task<GuardedServer> GetAsync(int major) =>
        _servers.GetOrAdd(major, m => new Lazy<Task<GuardedServer>>(() => GuardedServer.StartAsync(m))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            // One that did not start has failed or skipped its tests already.
            if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await server.Value).DisposeAsync();
        }
    }
}
