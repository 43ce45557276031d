using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>One database and one project, and the acts that tests perform on them, as a cmdlet would.</summary>
internal sealed class Workbench : IDisposable
{
    private Workbench(string connection) => ConnectionString = connection;

    public string ConnectionString { get; }

    public TestProject Project { get; } = new();

    public SecretMask Mask { get; } = new();

    public RecordingActivity Activity { get; } = new();

    public ProjectLoadOptions LoadOptions { get; set; } = new();

    public static async Task<Workbench> CreateAsync(Servers servers, int major, string template = "template1") => new(await servers.DatabaseAsync(major, template));

    /// <summary>At a server of the test's own.</summary>
    public static Workbench At(string connection) => new(connection);

    public Workbench With(string name, string text)
    {
        Project.With(name, text);
        return this;
    }

    public Database Open(string? connection = null) => new(ConnectionOptions.Parse(connection ?? ConnectionString), Activity, Mask);

    public async Task<MigrationPlan> PlanAsync(MigrationRequest? request = null, params IMigrationGate[] gates)
    {
        await using var database = Open();
        return await new MigrationPlanner(database, Project.Load(LoadOptions), gates).PlanAsync((request ?? new()) with { DataLoader = new ScriptDataLoader(TimeProvider.System) }, Token);
    }

    public async Task<List<MigrationResult>> UpAsync(MigrationRequest? request = null, string? connection = null)
    {
        await using var database = Open(connection);
        var plan = await new MigrationPlanner(database, Project.Load(LoadOptions), []).PlanAsync((request ?? new()) with { DataLoader = new ScriptDataLoader(TimeProvider.System) }, Token);
        return await RunAsync(database, plan);
    }

    public async Task<List<MigrationResult>> DownAsync(MigrationRequest? request = null)
    {
        await using var database = Open();
        var plan = await new UndoPlanner(database, Project.Load(LoadOptions), []).PlanAsync((request ?? new()) with { DataLoader = new ScriptDataLoader(TimeProvider.System) }, Token);
        return await RunAsync(database, plan);
    }

    public async Task<List<MigrationResult>> RunAsync(Database database, MigrationPlan plan, CancellationToken? token = null)
    {
        var results = new List<MigrationResult>();
        await foreach (var result in new MigrationRunner(database, Activity, TimeProvider.System).RunAsync(plan, token ?? Token)) results.Add(result);
        return results;
    }

    public async Task<IReadOnlyList<MigrationStatus>> StatusAsync()
    {
        await using var database = Open();
        return await new StatusReader(database, Project.Load(LoadOptions)).ReadAsync(new(), Token);
    }

    public async Task<Dictionary<string, MigrationState>> StatesAsync() =>
        (await StatusAsync()).ToDictionary(status => status.Version.Length > 0 ? status.Version : status.Name, status => status.State);

    public Task ExecuteAsync(string sql) => Servers.ExecuteAsync(ConnectionString, sql);

    public Task<T?> ScalarAsync<T>(string sql) => Servers.ScalarAsync<T>(ConnectionString, sql);

    public async Task<bool> HasTableAsync(string name) =>
        await ScalarAsync<bool>($"select to_regclass('{name}') is not null");

    public async Task<NpgsqlConnection> SessionAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(Token);
        return connection;
    }

    /// <summary>Waits until a query says true; ten seconds, then the test fails.</summary>
    public Task WaitForAsync(string question) => WaitForAsync(ConnectionString, question);

    public static async Task WaitForAsync(string where, string question)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            if (await Servers.ScalarAsync<bool>(where, question)) return;
            await Task.Delay(50, Token);
        }

        Assert.Fail($"Never became true: {question}\n" + await Servers.ScalarAsync<string>(where,
            "select string_agg(concat_ws(' | ', pid, datname, backend_type, application_name, state, wait_event, left(query, 200)), E'\\n') from pg_stat_activity where backend_type <> 'walwriter'"));
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Project.Dispose();
}
