using System.Data;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>One open connection and what the server said of itself when it opened.</summary>
public sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(2);

    internal Session(NpgsqlConnection connection, ServerFacts server, ServerAddress address, SecretMask secrets)
    {
        Connection = connection;
        Server = server;
        Address = address;
        Secrets = secrets;
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
    public SecretMask Secrets { get; }

    internal NpgsqlConnection Connection { get; }

    public override string ToString() => $"{Server.Database} on {Address}, backend {BackendPid}";

    /// <summary>Closes at once, whatever state the connection is in; never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Connection.DisposeAsync().AsTask().WaitAsync(s_closePatience);
        }
        catch (Exception)
        {
            // A broken connection has nothing more to tell, and the caller is busy with the reason.
        }
    }
}
