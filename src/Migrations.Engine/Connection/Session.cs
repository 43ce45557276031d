using System.Data;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>
/// One open connection and what the server said of itself when it opened. A call ends early by its cancellation token: the driver
/// asks the server to cancel; when the statement swallows that, the connection is broken after about 2 s while the
/// backend goes on, and <see cref="Database.TerminateAsync"/> ends it.
/// </summary>
public sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_terminateLimit = TimeSpan.FromSeconds(8);

    private readonly Database _database;
    private int _closed;

    internal Session(Database database, NpgsqlConnection connection, ServerFacts server, ServerAddress address)
    {
        _database = database;
        Connection = connection;
        Server = server;
        Address = address;
        KeyPid = connection.ProcessID;
    }

    public ServerFacts Server { get; }

    /// <summary>Which of the hosts this session is with.</summary>
    public ServerAddress Address { get; }

    /// <summary>The backend's own pid, as pg_stat_activity shows it.</summary>
    public int BackendPid => Server.BackendPid;

    /// <summary>The pid of the protocol's start: a pooler invents one, so a difference to <see cref="BackendPid"/> shows it.</summary>
    public int KeyPid { get; }

    /// <summary>The connection is gone; whether the backend is too, only another session can tell.</summary>
    public bool IsBroken => (Connection.FullState & ConnectionState.Open) == 0;

    /// <summary>What must not appear in any text about this session.</summary>
    public SecretMask Secrets => _database.Secrets;

    internal NpgsqlConnection Connection { get; }

    public override string ToString() => $"{Server.Database} on {Address}, backend {BackendPid}";

    /// <summary>
    /// Closes, whatever state the connection is in; never throws. The driver would first read a running statement to its end,
    /// so a backend that is still at work after a second is terminated.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        // A COPY counts as fetching, and its connection closes at once while the backend works on what it was sent.
        var wasRunning = (Connection.FullState & (ConnectionState.Executing | ConnectionState.Fetching)) != 0;
        // On a thread of its own: while rows keep coming, the driver reads them without ever giving this one back.
        var closing = Task.Run(async () => await Connection.DisposeAsync());
        var closed = await EndsAsync(closing);
        if (closed && !wasRunning) return;

        using var limit = new CancellationTokenSource(s_terminateLimit);
        await EndsAsync(_database.TerminateAsync(BackendPid, limit.Token), s_terminateLimit);
        await EndsAsync(closing);
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? s_patience);
            return true;
        }
        catch (Exception)
        {
            // A broken connection has nothing more to tell, and the caller is busy with the reason.
            return task.IsCompleted;
        }
    }
}
