using System.Net;
using System.Net.Sockets;

namespace Migrations.Engine.Connection;

/// <summary>Looks again, step by step, where the driver's error leaves open whether the name, the network or the server was slow.</summary>
internal static class HostProbe
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>The first step that fails; null when the address takes connections.</summary>
    public static async Task<ConnectionStage?> FirstFailureAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        var stage = ConnectionStage.Name;
        try
        {
            var endpoint = (await EndpointsAsync(address, limit.Token))[0];
            stage = ConnectionStage.Tcp;
            using var socket = await ConnectAsync(endpoint, limit.Token);
            return null;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return stage;
        }
    }

    /// <summary>A connection to the first endpoint that takes one.</summary>
    public static async Task<Socket> ConnectAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var endpoints = await EndpointsAsync(address, cancellationToken);
        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(endpoints[i], cancellationToken);
            }
            catch (SocketException) when (i + 1 < endpoints.Count)
            {
                // The next address of the name, as the driver does.
            }
        }
    }

    private static async Task<IReadOnlyList<EndPoint>> EndpointsAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        if (address.SocketPath is { } path) return [new UnixDomainSocketEndPoint(path)];
        var found = await Dns.GetHostAddressesAsync(address.Target, cancellationToken);
        if (found.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        return [.. found.Select(ip => new IPEndPoint(ip, address.Port))];
    }

    private static async Task<Socket> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
