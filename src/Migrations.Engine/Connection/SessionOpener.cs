using System.Collections.Concurrent;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Opens a session with one given server, and turns whatever goes wrong into an <see cref="OpenFailure"/>.</summary>
internal sealed class SessionOpener : IAsyncDisposable
{
    private readonly Database _database;
    private readonly IActivity _activity;
    private readonly PasswordSource _passwords;
    private readonly FailureDiagnosis _diagnosis;
    private readonly ConcurrentDictionary<(ServerAddress Address, bool LoadsTypes), Lazy<HostDialer>> _dialers = new();
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    public SessionOpener(Database database, IActivity activity)
    {
        _database = database;
        _activity = activity;
        _passwords = new PasswordSource(database.Options, database.Secrets, WarnOnce);
        _diagnosis = new FailureDiagnosis(database.Options);
    }

    /// <exception cref="OpenFailureException">The server gave no session, or is not of the kind asked for.</exception>
    public async Task<Session> OpenAsync(ServerAddress address, SessionTarget target, bool loadsTypes, CancellationToken cancellationToken)
    {
        var attempt = new OpenAttempt(address, await _passwords.ForAsync(address, cancellationToken));
        try
        {
            return await OpenAsync(attempt, target, loadsTypes, cancellationToken);
        }
        catch (Exception error) when (error is not OpenFailureException && !cancellationToken.IsCancellationRequested)
        {
            throw new OpenFailureException(await _diagnosis.ExplainAsync(error, attempt, cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The driver reports some cancellations as broken streams.
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dialer in _dialers.Values.Where(dialer => dialer.IsValueCreated)) await dialer.Value.DisposeAsync();
        _dialers.Clear();
    }

    private async Task<Session> OpenAsync(OpenAttempt attempt, SessionTarget target, bool loadsTypes, CancellationToken cancellationToken)
    {
        var dialer = _dialers.GetOrAdd((attempt.Address, loadsTypes), key => new Lazy<HostDialer>(() => new HostDialer(_database.Options, key.Address, key.LoadsTypes)));
        var connection = await dialer.Value.OpenAsync(attempt, OnNotice, cancellationToken);
        attempt.LoggedIn = true;
        try
        {
            var facts = await ServerFactsQuery.ReadAsync(connection, _database.Options.ConnectTimeout, cancellationToken);
            if (SessionTargets.Refusal(target, facts) is { } refusal)
                throw new OpenFailureException(new OpenFailure(attempt.Address, ConnectionStage.Database, refusal, "Add the host of such a server, or change target_session_attrs."));
            return new Session(_database, connection, facts, attempt.Address);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs args)
    {
        var (notice, secrets) = (args.Notice, _database.Secrets);
        _activity.Notice(new ServerNotice(
            notice.InvariantSeverity, notice.SqlState, secrets.Apply(notice.MessageText), secrets.ApplyOrNull(notice.Detail), secrets.ApplyOrNull(notice.Hint)) { SourceFile = notice.File });
    }

    private void WarnOnce(string message)
    {
        if (_warned.TryAdd(message, true)) _activity.Warn(message);
    }
}
