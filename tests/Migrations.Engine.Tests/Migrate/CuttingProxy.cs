using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Where in the runner's conversation something happens.</summary>
/// <param name="Sent">Counted are statements on their way to the server; otherwise their answers, which then never arrive.</param>
/// <param name="At">The how manieth, from 1.</param>
internal sealed record CutPoint(bool Sent, int At);

/// <summary>
/// A proxy that reads the messages between a runner and its server, and strikes at one of them: it cuts the connection there, or does what a test
/// says first. Only the session that takes the run lock is struck, and only once; whoever comes later passes.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly CutPoint _point;
    private readonly Func<Task>? _strike;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _count;

    /// <param name="strike">What happens at the point; without it the connection is cut. The message that was counted does not pass.</param>
    public CuttingProxy(string host, int port, CutPoint point, Func<Task>? strike = null)
    {
        (_host, _port, _point, _strike) = (host, port, point, strike);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool HasStruck { get; private set; }

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
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_host, _port, _stop.Token);
                var conversation = new Conversation();
                var up = PassAsync(client.GetStream(), server.GetStream(), conversation, fromClient: true);
                var down = PassAsync(server.GetStream(), client.GetStream(), conversation, fromClient: false);
                await Task.WhenAny(up, down);
            }
            catch (Exception broken) when (broken is OperationCanceledException or SocketException or IOException)
            {
                // Closing both ends is what a failing network looks like.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Conversation conversation, bool fromClient)
    {
        // The first message of a client has no type byte.
        var head = new byte[5];
        var typed = !fromClient;
        try
        {
            while (true)
            {
                var length = typed ? 5 : 4;
                await from.ReadExactlyAsync(head.AsMemory(0, length), _stop.Token);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(length - 4)) - 4];
                await from.ReadExactlyAsync(body, _stop.Token);
                if (typed && await StrikesAsync((char)head[0], body, conversation, fromClient)) return;
                await to.WriteAsync(head.AsMemory(0, length), _stop.Token);
                await to.WriteAsync(body, _stop.Token);
                typed = true;
            }
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or ObjectDisposedException)
        {
        }
    }

    private async Task<bool> StrikesAsync(char type, byte[] body, Conversation conversation, bool fromClient)
    {
        if (fromClient && type == 'P' && !conversation.IsRunner && Encoding.UTF8.GetString(body).Contains("pg_try_advisory_lock", StringComparison.Ordinal)) conversation.IsRunner = true;
        if (HasStruck || !conversation.IsRunner || fromClient != _point.Sent || type != (fromClient ? 'E' : 'C') || Interlocked.Increment(ref _count) != _point.At) return false;
        HasStruck = true;
        if (_strike is null) return true;
        await _strike();
        return true;
    }

    private sealed class Conversation
    {
        public bool IsRunner { get; set; }
    }
}
