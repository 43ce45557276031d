using System.Diagnostics;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Runs a project, or what another role does, as another process, so that a test can kill it. What to run it reads from its input: it can be started ahead.</summary>
internal sealed class MigratingChild : IDisposable
{
    public const string Role = "migrate";

    private readonly Process _process;

    private MigratingChild(Process process) => _process = process;

    public static MigratingChild Start(string role = Role)
    {
        var start = TestChild.StartInfo(TestChild.CommandLine(role));
        // It lives for a second: what is compiled better for a long life costs it more than it gains.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new MigratingChild(Process.Start(start)!);
    }

    /// <summary>Returns when it has ended, of itself or not, with its exit code.</summary>
    public async Task<int> RunAsync(string connection, string path)
    {
        await _process.StandardInput.WriteLineAsync(connection);
        await _process.StandardInput.WriteLineAsync(path);
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(Workbench.Token);
        return _process.ExitCode;
    }

    /// <summary>Runs the project of a bench and dies by KILL: when the server's answer to a statement is on its way, or just before the statement goes out.</summary>
    public static async Task RunAndKillAsync(Workbench bench, string statement, bool sent = false)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        using var child = Start();
        await using var proxy = new CuttingProxy(server.Host!, server.Port, CutPoint.AtText(sent, statement), child.KillAsync);
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await child.RunAsync(server.ConnectionString, bench.Project.Root);
        Assert.True(proxy.HasStruck, "The run never came to the statement.");
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Workbench.Token);
    }

    public void Dispose() => _process.Dispose();

    public static async Task<int> RunAsync()
    {
        var (connection, project) = (Console.ReadLine()!, Console.ReadLine()!);
        await using var database = new Database(ConnectionOptions.Parse(connection), new SilentActivity());
        var plan = await new MigrationPlanner(database, ScriptProject.Load(project, new ProjectLoadOptions()), []).PlanAsync(new MigrationRequest(), CancellationToken.None);
        await foreach (var result in new MigrationRunner(database, new SilentActivity(), TimeProvider.System).RunAsync(plan, CancellationToken.None)) Console.WriteLine(result.Name);
        return 0;
    }
}
