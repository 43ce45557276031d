using System.Collections.Concurrent;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>
/// The database of one call: opens sessions, never pools them (a session carries locks and settings; only one that did nothing but read
/// serves twice), and lets go of everything when it is disposed.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private readonly IActivity _activity;
    private readonly SessionOpener _opener;
    private readonly ConcurrentDictionary<int, Backend> _backends = new();
    private readonly SpareSession _spare = new();
    private int _ignoredWereNamed;

    /// <param name="secrets">What must not appear in notices and errors; the password is added to it.</param>
    public Database(ConnectionOptions options, IActivity activity, SecretMask? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(activity);
        Options = options;
        Secrets = secrets ?? new SecretMask();
        if (options.Tls.KeyPassword is { } keyPassword) Secrets.Add(keyPassword);
        _activity = activity;
        _opener = new SessionOpener(this, activity);
    }

    public ConnectionOptions Options { get; }

    public SecretMask Secrets { get; }

    /// <summary>
    /// Opens a session with the first server that will do. As in libpq, a server that refuses the user ends the search;
    /// one that is not there, is starting, is full or is of the wrong kind does not.
    /// </summary>
    /// <exception cref="ConnectionFailedException">No server gave a session; it names the stage and the way out.</exception>
    public async Task<Session> OpenAsync(CancellationToken cancellationToken) =>
        await _spare.TakeAsync() ?? await OpenAsync(loadsTypes: false, cancellationToken);

    /// <summary>
    /// Calls something that leaves its session as it found it. The session is kept for a moment: who reads in order to write next,
    /// as a plan before its run, is spared a second connection.
    /// </summary>
    /// <exception cref="ConnectionFailedException">No server gave a session; it names the stage and the way out.</exception>
    internal async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken);
        try
        {
            var result = await read(session);
            await _spare.KeepAsync(session);
            return result;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, for reading values of any type, also of those that the database has made.</summary>
    /// <exception cref="ConnectionFailedException">No server gave a session; it names the stage and the way out.</exception>
    internal async Task<Session> OpenAsync(bool loadsTypes, CancellationToken cancellationToken)
    {
        NameIgnoredSettings();
        var failures = new List<OpenFailure>();
        Session? fallback = null;
        foreach (var address in Options.ShuffleHosts ? Shuffled(Options.Hosts) : Options.Hosts)
        {
            try
            {
                var session = await OpenAsync(address, Options.Target, loadsTypes, cancellationToken);
                if (!SessionTargets.IsSecondChoice(Options.Target, session.Server))
                {
                    if (fallback is not null) await fallback.DisposeAsync();
                    return session;
                }

                if (fallback is null) fallback = session;
                else await session.DisposeAsync();
            }
            catch (OpenFailureException error)
            {
                failures.Add(error.Failure);
                if (error.Failure.IsFinal) break;
            }
            catch
            {
                if (fallback is not null) await fallback.DisposeAsync();
                throw;
            }
        }

        return fallback ?? throw new ConnectionFailedException(Options, failures);
    }

    /// <summary>
    /// Ends a backend that did not end by itself, from a second session with the same server: the only way when a statement
    /// swallowed its cancel and the connection broke meanwhile.
    /// </summary>
    /// <returns>True when the backend is gone, also when it was before; false when it did not end within 5 s.</returns>
    /// <exception cref="ServerException">The role may not end that backend (42501).</exception>
    public async Task<bool> TerminateAsync(int backendPid, CancellationToken cancellationToken)
    {
        // For a backend of ours the start time too: a pid may have come back as somebody else's.
        var known = _backends.GetValueOrDefault(backendPid);
        await using var session = known is null
            ? await OpenAsync(cancellationToken)
            : await ReachAsync(known.Address, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select pg_catalog.pg_terminate_backend(pid, 5000)
            from pg_catalog.pg_stat_activity
            where pid = $1 and ($2 is null or backend_start = $2)
            """, session.Connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = backendPid });
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = known?.Start, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is not false;
        }
        catch (PostgresException error)
        {
            throw ServerException.From(error, Secrets);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _spare.DisposeAsync();
        await _opener.DisposeAsync();
    }

    /// <summary>A session with this one of the hosts, whichever they are.</summary>
    /// <exception cref="ConnectionFailedException">It gave none.</exception>
    internal async Task<Session> ReachAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(address, SessionTarget.Any, loadsTypes: false, cancellationToken);
        }
        catch (OpenFailureException error)
        {
            throw new ConnectionFailedException(Options, [error.Failure]);
        }
    }

    private async Task<Session> OpenAsync(ServerAddress address, SessionTarget target, bool loadsTypes, CancellationToken cancellationToken)
    {
        var session = await _opener.OpenAsync(address, target, loadsTypes, cancellationToken);
        _backends[session.BackendPid] = new Backend(address, session.Server.BackendStart);
        return session;
    }

    private void NameIgnoredSettings()
    {
        if (Options.Ignored.Count == 0 || Interlocked.Exchange(ref _ignoredWereNamed, 1) == 1) return;
        _activity.Detail($"These connection settings have no effect here: {string.Join(", ", Options.Ignored)}.");
    }

    private static ServerAddress[] Shuffled(IEnumerable<ServerAddress> hosts)
    {
        var shuffled = hosts.ToArray();
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    private sealed record Backend(ServerAddress Address, DateTime Start);
}
