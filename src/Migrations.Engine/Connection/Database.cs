using System.Collections.Concurrent;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>
/// The database of one call: opens sessions, never pools them (a session carries locks and settings), and lets go of
/// everything when it is disposed.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const int DriverQueryTimeout = 30;

    private readonly IActivity _activity;
    private readonly FailureDiagnosis _diagnosis;
    private readonly ConcurrentDictionary<ServerAddress, HostDialer> _dialers = new();
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    /// <param name="secrets">What must not appear in notices and errors; the password is added to it.</param>
    public Database(ConnectionOptions options, IActivity activity, SecretMask? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(activity);
        Options = options;
        Secrets = secrets ?? new SecretMask();
        _activity = activity;
        _diagnosis = new FailureDiagnosis(options);
    }

    public ConnectionOptions Options { get; }

    public SecretMask Secrets { get; }

    /// <summary>Opens a session with the first server that will do.</summary>
    /// <exception cref="ConnectionFailedException">No server gave a session; it names the stage and the way out.</exception>
    public async Task<Session> OpenAsync(CancellationToken cancellationToken)
    {
        var failures = new List<OpenFailure>();
        foreach (var address in Order(Options.Hosts))
        {
            var attempt = new OpenAttempt(address, await PasswordForAsync(address, cancellationToken));
            try
            {
                return await OpenAsync(attempt, cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                var failure = _diagnosis.Explain(error, attempt);
                failures.Add(failure);
                if (failure.IsFinal) break;
            }
        }

        throw new ConnectionFailedException(Options, failures);
    }

    /// <summary>
    /// Ends a backend that did not end by itself, from a session of its own: the only way when a statement swallowed its
    /// cancel and the connection broke meanwhile.
    /// </summary>
    /// <returns>True when the backend is gone, also when it was before.</returns>
    public async Task<bool> TerminateAsync(int backendPid, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select pg_catalog.pg_terminate_backend(pid, 5000) from pg_catalog.pg_stat_activity where pid = $1
            """, session.Connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = backendPid } } };
        return await command.ExecuteScalarAsync(cancellationToken) is not false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dialer in _dialers.Values) await dialer.DisposeAsync();
        _dialers.Clear();
    }

    private async Task<Session> OpenAsync(OpenAttempt attempt, CancellationToken cancellationToken)
    {
        var dialer = _dialers.GetOrAdd(attempt.Address, address => new HostDialer(Options, address));
        var connection = await dialer.OpenAsync(attempt, OnNotice, cancellationToken);
        try
        {
            var facts = await ServerFactsQuery.ReadAsync(connection, DriverQueryTimeout, cancellationToken);
            return new Session(connection, facts, attempt.Address, Secrets);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<string?> PasswordForAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var password = Options.Token is { } token
            ? await token(cancellationToken)
            : Options.Password ?? PasswordFromFile(address);
        if (password is { Length: > 0 } && password != Options.User && password != Options.Database) Secrets.Add(password);
        return password;
    }

    private string? PasswordFromFile(ServerAddress address)
    {
        if (Options.PasswordFile is not { } path) return null;
        var host = address.IsSocket && address.Host is "/var/run/postgresql" or "/run/postgresql" or "/tmp" ? "localhost" : address.Host;
        return PasswordFile.Find(path, host, address.Port, Options.Database, Options.User, WarnOnce);
    }

    private void WarnOnce(string message)
    {
        if (_warned.TryAdd(message, true)) _activity.Warn(message);
    }

    private IEnumerable<ServerAddress> Order(IReadOnlyList<ServerAddress> hosts)
    {
        if (!Options.ShuffleHosts) return hosts;
        var shuffled = hosts.ToArray();
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs args)
    {
        var notice = args.Notice;
        _activity.Notice(new ServerNotice(
            notice.InvariantSeverity, notice.SqlState, Secrets.Apply(notice.MessageText),
            Secrets.ApplyOrNull(notice.Detail), Secrets.ApplyOrNull(notice.Hint)));
    }
}
