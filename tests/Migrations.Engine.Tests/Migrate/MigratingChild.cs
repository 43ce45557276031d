using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Runs a project as another process, so that a test can kill it.</summary>
internal static class MigratingChild
{
    public const string Role = "migrate";

    public static async Task<int> RunAsync(string[] arguments)
    {
        await using var database = new Database(ConnectionOptions.Parse(arguments[0]), new SilentActivity());
        var plan = await new MigrationPlanner(database, ScriptProject.Load(arguments[1], new ProjectLoadOptions()), []).PlanAsync(new MigrationRequest(), CancellationToken.None);
        await foreach (var result in new MigrationRunner(database, new SilentActivity(), TimeProvider.System).RunAsync(plan, CancellationToken.None)) Console.WriteLine(result.Name);
        return 0;
    }
}
