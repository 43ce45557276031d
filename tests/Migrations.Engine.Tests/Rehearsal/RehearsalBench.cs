using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>A project, a target and a server to rehearse on. Without a target the tests' own server takes the sandbox's place, so that each test need not start one.</summary>
internal sealed class RehearsalBench : IDisposable
{
    private readonly ConnectionOptions? _sandbox;

    private RehearsalBench(Workbench target, ConnectionOptions? sandbox) => (Target, _sandbox) = (target, sandbox);

    public Workbench Target { get; }

    public static async Task<RehearsalBench> CreateAsync(Servers servers, int major = 18, bool ownSandbox = false) =>
        new(await Workbench.CreateAsync(servers, major), ownSandbox ? null : (await servers.ServerAsync(major)).Connection);

    public RehearsalBench With(string name, string text)
    {
        Target.With(name, text);
        return this;
    }

    public async Task<List<MigrationReport>> TestAsync(Func<RehearsalRequest, RehearsalRequest>? change = null)
    {
        await using var database = Target.Open();
        return await TestAsync(database, change);
    }

    /// <summary>The target asked as another role.</summary>
    public async Task<List<MigrationReport>> TestAsAsync(string role, Func<RehearsalRequest, RehearsalRequest>? change = null)
    {
        await using var database = Target.Open(new Npgsql.NpgsqlConnectionStringBuilder(Target.ConnectionString) { Username = role, Password = role }.ConnectionString);
        return await TestAsync(database, change);
    }

    /// <summary>A role of the target that may log in and read the history, and no more.</summary>
    public async Task<string> LowlyAsync()
    {
        var role = $"lowly_{Guid.NewGuid():N}";
        await Target.ExecuteAsync($"create role {role} login password '{role}'; grant usage on schema migrations to {role}; grant select on all tables in schema migrations to {role}");
        return role;
    }

    /// <summary>One report after the other.</summary>
    public IAsyncEnumerable<MigrationReport> Rehearse(Database? database, Func<RehearsalRequest, RehearsalRequest>? change = null)
    {
        var request = new RehearsalRequest { Run = new MigrationRequest { DataLoader = new ScriptDataLoader(TimeProvider.System) }, Sandbox = database is null ? _sandbox : null };
        return new MigrationRehearsal(database, Target.Project.Load(Target.LoadOptions), change?.Invoke(request) ?? request, Target.Activity, TimeProvider.System).RunAsync(Workbench.Token);
    }

    public Task<List<MigrationReport>> TestOfflineAsync(Func<RehearsalRequest, RehearsalRequest>? change = null) => TestAsync(null, change);

    public async Task<MigrationReport> TestOneAsync(Func<RehearsalRequest, RehearsalRequest>? change = null) => Xunit.Assert.Single(await TestOfflineAsync(change));

    public void Dispose() => Target.Dispose();

    private async Task<List<MigrationReport>> TestAsync(Database? database, Func<RehearsalRequest, RehearsalRequest>? change)
    {
        var reports = new List<MigrationReport>();
        await foreach (var report in Rehearse(database, change)) reports.Add(report);
        return reports;
    }
}
