using Dapper;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>A throw-away database in which scripts really run, by the runner that will run them on the target.</summary>
internal sealed class Stage(RehearsalServer server, string name, ScriptProject project, MigrationRequest request, TimeProvider clock) : IAsyncDisposable
{
    private readonly Database _database = new(server.OptionsOf(name), new SilentActivity(), SecretsOf(project));
    private Session? _asking;
    private bool _isGone;

    public string Name => name;

    public RehearsalServer Server => server;

    public TimeSpan DefaultLockTimeout => request.Retry.LockTimeout;

    public Database Database => _database;

    /// <summary>What a snapshot leaves out: the schema in which the runner writes.</summary>
    public IReadOnlyList<string> OwnSchemas { get; } = [request.History.Name, Again(request.History).Name];

    public CatalogReader Catalog => new(new CatalogSelection(OwnSchemas)) { Repeats = true };

    /// <summary>Runs these, in order, as one run.</summary>
    /// <exception cref="EngineException">What the run throws.</exception>
    public Task RunAsync(ScriptProject scripts, IStepWatcher? watcher, CancellationToken cancellationToken) => RunAsync(scripts, request, watcher, cancellationToken);

    /// <param name="by">Another way in than the runner's; null: the runner's.</param>
    /// <param name="after">Called behind each script, while the next one waits.</param>
    public async Task RunAsync(ScriptProject scripts, ConnectionOptions? by, Func<MigrationResult, Task> after, CancellationToken cancellationToken)
    {
        if (by is null)
        {
            await RunAsync(await PlanAsync(_database, scripts, request, cancellationToken), _database, null, after, cancellationToken);
            return;
        }

        await using var other = new Database(by, new SilentActivity(), _database.Secrets);
        await RunAsync(await PlanAsync(other, scripts, request, cancellationToken), other, null, after, cancellationToken);
    }

    public Task RunAsync(Script script, IStepWatcher? watcher, CancellationToken cancellationToken) => RunAsync(project.OneAtATime(script), watcher, cancellationToken);

    /// <summary>As on a database whose history does not know the script: its text meets its own work.</summary>
    public async Task RunAgainAsync(Script script, CancellationToken cancellationToken)
    {
        await RunAsync(project.OneAtATime(script), request with { History = Again(request.History) }, null, cancellationToken);
    }

    /// <summary>Takes the script back that ran last.</summary>
    public async Task UndoAsync(Script script, CancellationToken cancellationToken)
    {
        var plan = await new UndoPlanner(_database, project.OneAtATime(script), []).PlanAsync(request with { Target = null, Version = null, Steps = 1 }, cancellationToken);
        await RunAsync(plan, _database, null, null, cancellationToken);
    }

    /// <summary>Asks in one session that stays open: one that has read the catalog before is several times faster at it.</summary>
    public async Task<T> AskAsync<T>(Func<Session, Task<T>> question, CancellationToken cancellationToken)
    {
        if (_asking is null or { IsBroken: true }) _asking = await _database.OpenAsync(cancellationToken);
        try
        {
            return await question(_asking);
        }
        catch (EngineException refused) when (IsWithheld(refused))
        {
            throw Withheld(refused);
        }
    }

    public Task<CatalogSnapshot> SnapshotAsync(CancellationToken cancellationToken) => AskAsync(session => Catalog.ReadAsync(session, cancellationToken), cancellationToken);

    public Task<RowImage> RowsAsync(CancellationToken cancellationToken) => AskAsync(session => RowImage.ReadAsync(session, OwnSchemas, cancellationToken), cancellationToken);

    /// <summary>A database that is as this one is now.</summary>
    public async Task<Stage> CopyAsync(CancellationToken cancellationToken)
    {
        if (_asking is { } asking) await asking.DisposeAsync();
        _asking = null;
        return new Stage(server, await server.CloneAsync(name, cancellationToken), project, request, clock);
    }

    /// <summary>Drops what the runner has written.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => AskAsync(session => ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition(
        $"drop schema if exists {request.History.Quoted} cascade", cancellationToken: cancellationToken)), session.Secrets), cancellationToken);

    /// <summary>Lets go of it and drops the database; any number of calls is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isGone) return;
        _isGone = true;
        if (_asking is not null) await _asking.DisposeAsync();
        await _database.DisposeAsync();
        try
        {
            await server.DropAsync(name, CancellationToken.None);
        }
        catch (Exception left) when (left is EngineException or NpgsqlException or InvalidOperationException)
        {
            // A server that is gone has no database either, and one that was given is asked once more at the end.
        }
    }

    private static HistorySchema Again(HistorySchema history) => new(history.Name[..Math.Min(history.Name.Length, 40)] + "_again");

    internal static SecretMask SecretsOf(ScriptProject project)
    {
        var secrets = new SecretMask();
        foreach (var secret in project.Variables.Secrets) secrets.Add(secret);
        return secrets;
    }

    private async Task RunAsync(ScriptProject scripts, MigrationRequest asked, IStepWatcher? watcher, CancellationToken cancellationToken) =>
        await RunAsync(await PlanAsync(_database, scripts, asked, cancellationToken), _database, watcher, null, cancellationToken);

    private static Task<MigrationPlan> PlanAsync(Database database, ScriptProject scripts, MigrationRequest asked, CancellationToken cancellationToken) =>
        new MigrationPlanner(database, scripts, []).PlanAsync(asked with { Target = null, Version = null, AllowOutOfOrder = true, Environment = null }, cancellationToken);

    private async Task RunAsync(MigrationPlan plan, Database database, IStepWatcher? watcher, Func<MigrationResult, Task>? after, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var result in new MigrationRunner(database, new SilentActivity(), clock) { Watcher = watcher }.RunAsync(plan, cancellationToken))
            {
                if (after is not null) await after(result);
            }
        }
        catch (PostgresException failure)
        {
            var told = ServerException.From(failure, _database.Secrets);
            throw IsWithheld(told) ? Withheld(told) : told;
        }
        catch (EngineException refused) when (IsWithheld(refused))
        {
            throw Withheld(refused);
        }
    }

    private bool IsWithheld(EngineException failure) => server.Runner.IsRestrained && failure.SqlState == PostgresErrorCodes.InsufficientPrivilege;

    private static RightsWithheld Withheld(EngineException refused) => new(
        $"It runs text that is only put together at run time, so it was run without the rights of a superuser; there it lacks one, and on the target it may not: {refused.Message}", refused);
}
