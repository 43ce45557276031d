using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>The database that a script finds: everything before it has run there, or a dump of the target was loaded. It moves on with each script.</summary>
internal sealed class BaseSchema(RehearsalServer server, ScriptProject project, MigrationRequest request, IActivity activity, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>A script may name more roles than one, each only seen when the one before it is there.</summary>
    private const int MostRoles = 50;

    private readonly List<string> _made = [];
    private readonly RunRights _rights = new(server, project.Hooks.Values);
    private Stage? _stage;

    /// <summary>Where the target's roles are known, one that is missing here is missing there too.</summary>
    public bool MakesRoles { get; init; }

    /// <summary>Null: nobody asks who made what.</summary>
    public BuildRoles? Roles { get; init; }

    /// <summary>Roles that scripts named and that were not there.</summary>
    public IReadOnlyList<string> MadeRoles => _made;

    public RehearsalServer Server => server;

    public Stage Stage => _stage ?? throw new InvalidOperationException("It is not built yet.");

    /// <summary>Builds what scripts make: in as few runs as will do.</summary>
    /// <param name="wanted">The name of the database; null: any.</param>
    /// <param name="after">Called behind each script, while the next one waits.</param>
    /// <exception cref="EngineException">A script that has run on the target fails here.</exception>
    public async Task ReplayAsync(IReadOnlyList<BuildStep> steps, string? wanted, Func<Script?, Task>? after, CancellationToken cancellationToken)
    {
        _stage = NewStage(await server.CreateAsync(wanted, cancellationToken));
        if (after is not null) await after(null);
        await server.ForgetRolesAsync(cancellationToken);
        var parts = new BuildParts(steps, project.Hooks.Values, keepsRights: Roles is not null && server.IsOwn);
        for (var done = 0; done < steps.Count;)
        {
            var part = parts.From(done);
            var by = part[0].Role is { } role && Roles is not null ? await Roles.ActAsync(Stage, role, cancellationToken) : null;
            var ran = new List<string>();
            await using (parts.IsPlain(done) ? null : await RightsAsync(part[0].Script, cancellationToken))
            {
                // Those before it are known to the history, and give it the order.
                var scripts = project.InOrder([.. steps.Take(done + part.Count).Select(step => step.Script)]);
                await WithRolesAsync(() => Stage.RunAsync(scripts, by, async result =>
                {
                    activity.Progress(new ActivityProgress(0, "Building the schema from scripts", result.Name, 100 * (done + ran.Count) / steps.Count));
                    ran.Add(result.Name);
                    if (part.Count > 1) await TellAsync(result.Name);
                }, cancellationToken), cancellationToken);
            }

            // By itself it may have been run with fewer rights than it takes to look at everything.
            if (part.Count == 1) foreach (var name in ran) await TellAsync(name);

            async Task TellAsync(string name)
            {
                if (after is not null && part.Select(step => step.Script).FirstOrDefault(script => script.Name == name) is { } script) await after(script);
            }

            // A script that says nothing new to this database (a repeatable of the same text) has no result.
            done += part.Count;
        }

        // Who builds to look, builds again: the roles that scripts make must not be there by then.
        if (Roles is null) await server.KeepRolesAsync(cancellationToken);
        activity.Progress(new ActivityProgress(0, "Building the schema from scripts", "", Completed: true));
    }

    /// <summary>Loads the target's schema, history left out.</summary>
    /// <exception cref="EngineException">PgDumpNotFound, PgDumpFailed, and what loading it throws.</exception>
    public async Task LoadAsync(Database target, CancellationToken cancellationToken)
    {
        activity.Progress(new ActivityProgress(0, "Reading the schema", target.Options.Database));
        var text = await new SchemaDraft(target, new SilentActivity(), clock).ReadAsync(request.History, cancellationToken);
        _stage = NewStage(await server.CreateAsync(cancellationToken));
        var folder = Directory.CreateTempSubdirectory("migrations-rehearsal-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, ProjectFolder.VersionsName));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ProjectFolder.VersionsName, "0_schema.sql"), text, cancellationToken);
            // A new template0 has the schema public, and so has the dump's own idea of it.
            await WithRolesAsync(() => Stage.RunAsync(ScriptProject.Load(folder.FullName), null, cancellationToken), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await Stage.ForgetAsync(cancellationToken);
    }

    /// <summary>With which rights the script may be run on what is there now.</summary>
    /// <exception cref="RightsWithheld">With none: it cannot be told what it reaches.</exception>
    public Task<RunLease> RightsAsync(Script script, CancellationToken cancellationToken) => _rights.TakeAsync(script, Stage, cancellationToken);

    /// <summary>Runs one script for good.</summary>
    public async Task AdvanceAsync(Script script, CancellationToken cancellationToken)
    {
        await server.ForgetRolesAsync(cancellationToken);
        await WithRolesAsync(() => Stage.RunAsync(script, null, cancellationToken), cancellationToken);
        await server.KeepRolesAsync(cancellationToken);
    }

    /// <summary>Calls something, and once more for each role that it lacked.</summary>
    public async Task WithRolesAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        for (var made = 0; ; made++)
        {
            try
            {
                await work();
                return;
            }
            catch (EngineException failure) when (MakesRoles && made < MostRoles && MissingParts.RoleOf(failure) is { } role)
            {
                _made.Add(role);
                await server.EnsureRolesAsync([role], cancellationToken);
            }
        }
    }

    public Task<Stage> CopyAsync(CancellationToken cancellationToken) => Stage.CopyAsync(cancellationToken);

    private Stage NewStage(string database) => new(server, database, project, request, clock);

    public ValueTask DisposeAsync() => _stage?.DisposeAsync() ?? ValueTask.CompletedTask;
}
