using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Proxy;

/// <summary>
/// A TCP proxy that stands for distance: every byte takes half a round trip longer each way, and as many bytes as both sides
/// care to send are under way at once. It counts the round trips that the clients waited for.
/// </summary>
/// <remarks>
/// Connecting itself is not delayed (the kernel shakes hands with the proxy), so a client that connects often is flattered
/// by one round trip each time.
/// </remarks>
internal sealed class DelayProxy : IAsyncDisposable
{
    private readonly DnsEndPoint _server;
    private readonly TimeSpan _eachWay;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _roundTrips;

    public DelayProxy(string host, int port, TimeSpan roundTrip)
    {
        _server = new DnsEndPoint(host, port);
        _eachWay = roundTrip / 2;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Of all connections so far.</summary>
    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_server, _stop.Token);
                var turns = new TurnCounter(() => Interlocked.Increment(ref _roundTrips));
                var up = new DelayLine(client, server, _eachWay) { Arrived = turns.ClientSpoke };
                var down = new DelayLine(server, client, _eachWay) { Leaving = turns.ClientHeard };
                await Task.WhenAll(up.RunAsync(_stop.Token), down.RunAsync(_stop.Token));
            }
            catch (Exception broken) when (broken is OperationCanceledException or SocketException)
            {
                // The other side sees the closed connection, as it would from a network that fails.
            }
        }
    }
}
