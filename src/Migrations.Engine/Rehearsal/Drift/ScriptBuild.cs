using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Builds a schema from scripts on a server that is thrown away, with the runner that production knows, each script by the role that ran it there.</summary>
internal sealed class ScriptBuild(IBuildServer server, ScriptProject project, MigrationRequest request, CatalogSelection selection, IActivity activity, TimeProvider clock)
{
    /// <param name="database">Its name: scripts may name the database they are in.</param>
    /// <param name="each">Called with the schema after each script, and first, without one, with that of the empty database; null spares those snapshots.</param>
    /// <returns>The schema at the end.</returns>
    /// <exception cref="EngineException">BuildFailed, SandboxLacksExtension, and those of a server.</exception>
    public async Task<CatalogSnapshot> RunAsync(
        string database, string searchPath, IReadOnlyList<BuildStep> steps, Action<Script?, CatalogSnapshot>? each, CancellationToken cancellationToken)
    {
        if (OutsideReach.Find([.. steps.Select(step => step.Script), .. project.Hooks.Values], serverIsOwn: true) is { } reach)
        {
            throw new EngineException("BuildFailed", FailureKind.Refused, $"The scripts are not run in a sandbox: {reach} The database was not changed.",
                "Compare with a snapshot instead: Get-DbSchema -OutFile, then Compare-DbSchema -ReferencePath.", project.Root);
        }

        await server.CreateDatabaseAsync(database, cancellationToken);
        var secrets = new SecretMask();
        foreach (var secret in project.Variables.Secrets) secrets.Add(secret);
        await using var viewer = new Database(await server.ConnectionAsync(database, Sandbox.SandboxServer.UserName, searchPath, cancellationToken), new SilentActivity(), secrets);
        await using var view = await viewer.OpenAsync(cancellationToken);
        var reader = new CatalogReader(selection);
        if (each is not null) each(null, await reader.ReadAsync(view, cancellationToken));

        for (var done = 0; done < steps.Count;)
        {
            var role = steps[done].Role;
            var next = done + steps.Skip(done).TakeWhile(step => step.Role == role).Count();
            await using var target = new Database(await server.ConnectionAsync(database, role, searchPath, cancellationToken), new SilentActivity(), secrets);
            await RunAsync(target, [.. steps.Take(next).Select(step => step.Script)], async script =>
            {
                activity.Progress(new ActivityProgress(0, "Building the schema from scripts", script.Name, 100 * done / steps.Count));
                if (each is not null) each(script, await reader.ReadAsync(view, cancellationToken));
                done++;
            }, cancellationToken);
            // A script that says nothing new to this database (a repeatable of the same text) has no result.
            done = next;
        }

        activity.Progress(new ActivityProgress(0, "Building the schema from scripts", "", Completed: true));
        return await reader.ReadAsync(view, cancellationToken);
    }

    /// <summary>Runs those of the scripts that have not run yet.</summary>
    private async Task RunAsync(Database target, IReadOnlyList<Script> scripts, Func<Script, Task> after, CancellationToken cancellationToken)
    {
        try
        {
            var all = request with { Environment = null, Target = null, Version = null, AllowOutOfOrder = true };
            var plan = await new MigrationPlanner(target, project.InOrder(scripts), []).PlanAsync(all, cancellationToken);
            await foreach (var result in new MigrationRunner(target, new SilentActivity(), clock).RunAsync(plan, cancellationToken))
            {
                if (scripts.FirstOrDefault(script => script.Name == result.Name) is { } script) await after(script);
            }
        }
        catch (EngineException failure) when (failure is MigrationFailedException or ScriptException)
        {
            throw Explain(failure);
        }
    }

    private static EngineException Explain(EngineException failure) => failure.Message.Contains("is not available", StringComparison.Ordinal) || failure.Message.Contains("extension control file", StringComparison.Ordinal)
        ? new EngineException("SandboxLacksExtension", FailureKind.Resource, $"The scripts cannot be built in a sandbox, which lacks an extension: {failure.Message} The database was not changed.",
            "Install the extension for the server that the sandbox takes (MIGRATIONS_PGBIN names its folder), or compare with a snapshot: Get-DbSchema -OutFile, then Compare-DbSchema -ReferencePath.", failure.Target, failure)
        : new EngineException("BuildFailed", FailureKind.Conflict, $"On an empty server the scripts could not be run: {failure.Message} The database was not changed.",
            "Scripts have to build an empty database by themselves, in the order in which they ran. What they count on (roles are made, extensions and data are not) must be made by them.", failure.Target, failure);
}
