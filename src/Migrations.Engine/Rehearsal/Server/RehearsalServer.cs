using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// A server on which databases may be made and thrown away: a sandbox of its own, or one that the caller gives because it has extensions
/// which a sandbox lacks. Whatever it made there is gone when it is disposed.
/// </summary>
internal sealed class RehearsalServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly SandboxServer? _sandbox;
    private readonly Database _database;
    private Session _session;
    private readonly string _prefix = $"migrations_rehearsal_{Guid.CreateVersion7():N}_";
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentQueue<string> _made = new();
    private readonly HashSet<string> _roles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly IActivity _activity;
    private readonly string _strategy;
    private int _number;

    private RehearsalServer(SandboxServer? sandbox, Database database, Session session, RunnerRole runner, string strategy, IActivity activity)
    {
        (_sandbox, _database, _session, Runner, _strategy, _activity) = (sandbox, database, session, runner, strategy, activity);
    }

    /// <summary>Who runs the scripts; this class itself works as another superuser.</summary>
    public RunnerRole Runner { get; }

    public int Major => _session.Server.Major;

    public string Version => _session.Server.Version.Split(' ')[0];

    /// <summary>Whether it ends with us; one that was given stays, and so do roles that others may use by now.</summary>
    public bool IsOwn => _sandbox is not null;

    /// <param name="given">A superuser's connection; null starts a sandbox.</param>
    /// <param name="major">The major to look for; null takes what is there.</param>
    /// <exception cref="EngineException">SandboxNotSuperuser, those of <see cref="SandboxServer.StartAsync"/> and of opening a session.</exception>
    public static async Task<RehearsalServer> StartAsync(ConnectionOptions? given, int? major, IActivity activity, TimeProvider clock, CancellationToken cancellationToken)
    {
        var sandbox = given is null ? await StartSandboxAsync(major, activity, clock, cancellationToken) : null;
        Database? database = null;
        try
        {
            var own = sandbox is null ? default : await RunnerRole.InOwnAsync(sandbox.Connection, sandbox.Major, cancellationToken);
            // template1, in which nobody works: the database that is built may be called postgres.
            database = new Database(given ?? own.Admin.WithDatabase("template1"), new SilentActivity());
            var session = await database.OpenAsync(cancellationToken);
            if (session.Server is { IsSuperuser: true, IsStandby: false })
            {
                var runner = own.Runner ?? await RunnerRole.OnGivenAsync(given!, session, cancellationToken);
                return new RehearsalServer(sandbox, database, session, runner, await StrategyAsync(session, cancellationToken), activity);
            }

            throw new EngineException("SandboxNotSuperuser", FailureKind.Refused,
                $"{session.Server.Role} on {session.Address} cannot rehearse: making roles, databases and extensions takes a superuser of a primary.",
                "Give -SandboxConnection a superuser of a server that may be thrown away, or leave it out and a sandbox is started.", session.Address.ToString());
        }
        catch
        {
            if (database is not null) await database.DisposeAsync();
            if (sandbox is not null) await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="EngineException">SandboxIsTarget.</exception>
    public void EnsureIsNot(ServerFacts target, ServerAddress address)
    {
        // A copy of the target's files, which is the best place to rehearse, has its system identifier.
        if (IsOwn || _session.Server.ServerStart != target.ServerStart) return;
        throw new EngineException("SandboxIsTarget", FailureKind.Refused, $"-SandboxConnection leads to the server of the target ({address}): roles and settings that a script changes there are those of the target. Nothing was run.",
            "Name another server, one that may be thrown away; or leave it out, and a sandbox is started.", address.ToString());
    }

    /// <summary>For the runner, and for whoever looks at what it made: nobody with more rights calls what a script has defined.</summary>
    public ConnectionOptions OptionsOf(string database) => Runner.Options.WithDatabase(database);

    /// <summary>The runner is no superuser until what this returns is disposed.</summary>
    /// <returns>Null: some right to reach beyond the database would be left.</returns>
    public async Task<IAsyncDisposable?> RestrainAsync(CancellationToken cancellationToken) => !Runner.CanBeRestrained ? null : await Runner.RestrainAsync(
        sql => ExecuteAsync(sql, CancellationToken.None),
        sql => InTurnAsync(connection => connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken));

    public Task<string> CreateAsync(CancellationToken cancellationToken) => CreateAsync(null, cancellationToken);

    /// <param name="wanted">Scripts may name the database they are in; one of this name that was there before is dropped. Not heeded on a server that was given.</param>
    public async Task<string> CreateAsync(string? wanted, CancellationToken cancellationToken)
    {
        var name = IsOwn && wanted is not (null or "template0" or "template1") ? wanted : NewName();
        if (name == wanted) await DropAsync(name, cancellationToken);
        await ExecuteAsync($"create database {Identifier.Quote(name)} template template0{Owner}{_strategy}", cancellationToken);
        return name;
    }

    /// <summary>A copy of a database in which nobody works: as it stands, rows included.</summary>
    public async Task<string> CloneAsync(string source, CancellationToken cancellationToken)
    {
        var name = NewName();
        await EndSessionsAsync(source, cancellationToken);
        await ExecuteAsync($"create database {name} template {Identifier.Quote(source)}{Owner}{_strategy}", cancellationToken);
        return name;
    }

    public async Task DropAsync(string database, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"drop database if exists {Identifier.Quote(database)} with (force)", cancellationToken);
    }

    /// <summary>Makes the roles that are not there: NOLOGIN and without a right.</summary>
    public async Task EnsureRolesAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        _known.UnionWith(await InTurnAsync(connection => connection.QueryAsync<string>(new CommandDefinition("select rolname::text from pg_catalog.pg_roles", cancellationToken: cancellationToken)), cancellationToken));
        foreach (var name in names.Where(name => !name.StartsWith("pg_", StringComparison.Ordinal) && _known.Add(name)))
        {
            await ExecuteAsync($"create role {Identifier.Quote(name)} nologin{(Runner.CanBeRestrained ? $" role {Identifier.Quote(Runner.Name)}" : "")}", cancellationToken);
            _roles.Add(name);
        }
    }

    /// <summary>
    /// Roles belong to the server and outlive the databases in which scripts made them: those that nobody keeps are dropped, so that the next try finds
    /// what the first one found. Only on a server of our own.
    /// </summary>
    public async Task ForgetRolesAsync(CancellationToken cancellationToken)
    {
        if (!IsOwn) return;
        foreach (var role in (await RolesAsync(cancellationToken)).Where(role => !_known.Contains(role)))
            await ExecuteAsync($"drop role if exists {Identifier.Quote(role)}", cancellationToken);
    }

    /// <summary>What a script that has run for good has made stays.</summary>
    public async Task KeepRolesAsync(CancellationToken cancellationToken)
    {
        if (IsOwn) _known.UnionWith(await RolesAsync(cancellationToken));
    }

    /// <summary>Scripts may name the database they are in; it stays empty.</summary>
    public async Task EnsureNameAsync(string database, CancellationToken cancellationToken)
    {
        if (IsOwn && database is not ("postgres" or "template0" or "template1")) await ExecuteAsync($"create database {Identifier.Quote(database)} template template0", cancellationToken);
    }

    private Task<IEnumerable<string>> RolesAsync(CancellationToken cancellationToken) => InTurnAsync(connection => connection.QueryAsync<string>(
        new CommandDefinition("select rolname::text from pg_catalog.pg_roles where rolname !~ '^pg_'", cancellationToken: cancellationToken)), cancellationToken);

    public Task TerminateAsync(int backend, CancellationToken cancellationToken) => _database.TerminateAsync(backend, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!IsOwn && !await AnswersAsync()) _activity.Warn($"{_session.Address} does not answer any more: databases and roles of the rehearsal whose names begin with migrations_rehearsal may have stayed there.");
        else if (!IsOwn)
        {
            foreach (var database in _made) await LeaveAsync(() => DropAsync(database, CancellationToken.None), $"the database {database}");
            foreach (var role in _roles) await LeaveAsync(() => ExecuteAsync($"drop role if exists {Identifier.Quote(role)}", CancellationToken.None), $"the role {role}");
            await LeaveAsync(() => Runner.DropAsync(sql => ExecuteAsync(sql, CancellationToken.None)), $"the role {Runner.Name}");
        }

        await _session.DisposeAsync();
        await _database.DisposeAsync();
        _turn.Dispose();
        if (_sandbox is not null) await _sandbox.DisposeAsync();
    }

    /// <summary>Each by itself, and what stays is named: a drop that fails must not hide what the rehearsal found, nor keep the others.</summary>
    private async Task LeaveAsync(Func<Task> drop, string what)
    {
        try
        {
            await drop();
        }
        catch (Exception left) when (left is NpgsqlException or InvalidOperationException or EngineException)
        {
            _activity.Warn($"{what} could not be dropped from {_session.Address} and stays there: {left.Message}");
        }
    }

    /// <summary>The major of the target when its binaries are here, else any: the report says so.</summary>
    private static async Task<SandboxServer> StartSandboxAsync(int? major, IActivity activity, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await SandboxServer.StartAsync(new SandboxOptions { Version = major, Clock = clock }, activity, cancellationToken);
        }
        catch (EngineException missing) when (major is not null && missing.ErrorId is "SandboxBinariesNotFound" or "SandboxVersionUnsupported")
        {
            activity.Detail($"No PostgreSQL {major} is to be had here: {missing.Message}");
            return await SandboxServer.StartAsync(new SandboxOptions { Clock = clock }, activity, cancellationToken);
        }
    }

    /// <summary>
    /// A copy of the files takes two checkpoints, and half the work of one through the WAL. Where checkpoints do not wait for a disk, as in a sandbox, that is
    /// the faster way; elsewhere others would wait for them.
    /// </summary>
    private static async Task<string> StrategyAsync(Session session, CancellationToken cancellationToken) =>
        await session.Connection.ExecuteScalarAsync<string>(new CommandDefinition("show fsync", cancellationToken: cancellationToken)) == "off" ? " strategy file_copy" : "";

    /// <summary>A session that was just closed may still be ending, and a template must be alone. The server's own ways to wait for that sleep a tenth of a second at a time.</summary>
    private async Task EndSessionsAsync(string database, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (await EndAsync() > 0 && Stopwatch.GetElapsedTime(since) < s_patience) await Task.Delay(2, cancellationToken);

        Task<long> EndAsync() => InTurnAsync(connection => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select pg_catalog.count(pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity where datname = @database and pid <> pg_catalog.pg_backend_pid()",
            new { database }, cancellationToken: cancellationToken)), cancellationToken);
    }

    /// <summary>As the superuser who is not the runner, in no database of a rehearsal.</summary>
    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        InTurnAsync(connection => connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);

    /// <summary>Whether it is still there.</summary>
    public async Task<bool> AnswersAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            await using var session = await _database.OpenAsync(limit.Token);
            return true;
        }
        catch (Exception gone) when (gone is EngineException or NpgsqlException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Several stages share this one session.</summary>
    public async Task<T> InTurnAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A backend that dies badly takes all sessions with it, and the server lives on.
            if (_session.IsBroken) _session = await _database.OpenAsync(cancellationToken);
            return await ServerCall.RunAsync(() => work(_session.Connection), _session.Secrets);
        }
        finally
        {
            _turn.Release();
        }
    }

    private string Owner => $" owner {Identifier.Quote(Runner.Name)}";

    private string NewName()
    {
        var name = $"{_prefix}{Interlocked.Increment(ref _number)}";
        _made.Enqueue(name);
        return name;
    }
}
