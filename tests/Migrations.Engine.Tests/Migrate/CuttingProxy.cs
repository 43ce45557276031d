using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Where in the runner's conversation something happens.</summary>
/// <param name="Sent">Counted are statements on their way to the server; otherwise their answers, which then never arrive.</param>
/// <param name="At">The how manieth, from 1.</param>
/// <param name="Of">Which statements are counted, by their text; null: all.</param>
internal sealed record CutPoint(bool Sent, int At, Func<string, bool>? Of = null)
{
    /// <summary>The first statement with these words.</summary>
    public static CutPoint AtText(bool sent, string words) => new(sent, 1, text => text.Contains(words, StringComparison.Ordinal));
}

/// <summary>
/// A proxy that reads the messages between a runner and its server, and strikes at one of them: it cuts the connection there, or does what a test
/// says first. Only the session that takes the run lock is struck, and only once; whoever comes later passes.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly CutPoint _point;
    private readonly Func<Task>? _strike;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _count;

    /// <param name="strike">What happens at the point; without it the connection is cut. The message that was counted does not pass.</param>
    public CuttingProxy(string host, int port, CutPoint point, Func<Task>? strike = null)
    {
        (_host, Target, _point, _strike) = (host, port, point, strike);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The server's port, for connections to come.</summary>
    public int Target { get; set; }

    /// <summary>After its strike the message passes, and the connection stays.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Any session may be struck, also one that takes no run lock.</summary>
    public bool StrikesAll { get; init; }

    /// <summary>What was counted so far.</summary>
    public int Count => _count;

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
                await server.ConnectAsync(_host, Target, _stop.Token);
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
        var statement = conversation.Follow(type, body, fromClient);
        if (statement is null || HasStruck || !(StrikesAll || conversation.IsRunner) || fromClient != _point.Sent) return false;
        if (_point.Of?.Invoke(statement) == false) return false;
        if (Interlocked.Increment(ref _count) != _point.At) return false;
        HasStruck = true;
        if (_strike is not null) await _strike();
        return !GoesOn;
    }

    /// <summary>One connection: which statement an answer belongs to is known by their order.</summary>
    private sealed class Conversation
    {
        private readonly ConcurrentQueue<string> _asked = new();
        private string _parsed = "";

        public bool IsRunner { get; private set; }

        /// <returns>The statement that this message sends (Execute) or answers (CommandComplete); null for every other message.</returns>
        public string? Follow(char type, byte[] body, bool fromClient)
        {
            switch (type)
            {
                case 'P' when fromClient:
                    // Behind the name of the prepared statement.
                    _parsed = Encoding.UTF8.GetString(body).Split('\0')[1];
                    if (_parsed.Contains("pg_try_advisory_lock", StringComparison.Ordinal)) IsRunner = true;
                    return null;
                case 'E' when fromClient:
                    _asked.Enqueue(_parsed);
                    return _parsed;
                case 'C' when !fromClient:
                    return _asked.TryDequeue(out var answered) ? answered : "";
                case 'Z' when !fromClient:
                    // Behind a refused statement the others have no answer.
                    _asked.Clear();
                    return null;
                default:
                    return null;
            }
        }
    }
}
