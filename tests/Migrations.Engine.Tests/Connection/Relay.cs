using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Migrations.Engine.Tests.Connection;

/// <summary>
/// Stands between a client and a real server: on another kind of address, or to see what goes over the wire. Without a
/// target it says what it was told to say, or nothing at all.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listener;
    private readonly int? _target;
    private readonly byte[]? _answer;
    private readonly ConcurrentBag<Socket> _sockets = [];

    private Relay(EndPoint endpoint, int? target, byte[]? answer)
    {
        (_target, _answer) = (target, answer);
        _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(endpoint);
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Every Sync and simple Query of unencrypted clients: each is one round trip.</summary>
    public int RoundTrips { get; private set; }

    public int Connections { get; private set; }

    public static Relay To(int port, EndPoint? at = null) => new(at ?? new IPEndPoint(IPAddress.Loopback, 0), port, null);

    public static Relay Saying(string answer) => new(new IPEndPoint(IPAddress.Loopback, 0), null, System.Text.Encoding.ASCII.GetBytes(answer));

    public static Relay Silent() => new(new IPEndPoint(IPAddress.Loopback, 0), null, []);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var socket in _sockets) socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _sockets.Add(client);
                Connections++;
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            if (_target is not { } port)
            {
                var request = new byte[64];
                await client.ReceiveAsync(request);
                if (_answer!.Length == 0) return;
                await client.SendAsync(_answer);
                client.Dispose();
                return;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(server);
            await server.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAll(PumpAsync(client, server, count: true), PumpAsync(server, client, count: false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // One of the two hung up.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool count)
    {
        var buffer = new byte[65536];
        var seen = new List<byte>();
        var started = false;
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                if (count) Count(seen, buffer.AsSpan(0, read), ref started);
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        finally
        {
            to.Dispose();
        }
    }

    /// <summary>Messages of the frontend: a letter and a length, but for the first one, which has no letter.</summary>
    private void Count(List<byte> seen, ReadOnlySpan<byte> bytes, ref bool started)
    {
        seen.AddRange(bytes);
        while (true)
        {
            var header = started ? 5 : 4;
            if (seen.Count < header) return;
            var length = (seen[header - 4] << 24) | (seen[header - 3] << 16) | (seen[header - 2] << 8) | seen[header - 1];
            if (seen.Count < header - 4 + length) return;
            if (started && seen[0] is (byte)'S' or (byte)'Q') RoundTrips++;
            seen.RemoveRange(0, header - 4 + length);
            started = true;
        }
    }
}
