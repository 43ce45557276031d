using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>The database that a script finds: everything before it has run there, or a dump of the target was loaded. It moves on with each script.</summary>
/// <param name="makesRoles">Where the target's roles are known, one that is missing here is missing there too.</param>
internal sealed class BaseSchema(RehearsalServer server, ScriptProject project, MigrationRequest request, bool makesRoles, IActivity activity, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>A script may name more roles than one, each only seen when the one before it is there.</summary>
    private const int MostRoles = 50;

    private readonly List<string> _made = [];
    private readonly RunRights _rights = new(server, project.Hooks.Values);
    private Stage? _stage;

    /// <summary>Roles that scripts named and that were not there.</summary>
    public IReadOnlyList<string> MadeRoles => _made;

    public RehearsalServer Server => server;

    public Stage Stage => _stage ?? throw new InvalidOperationException("It is not built yet.");

    /// <exception cref="EngineException">A script that has run on the target fails here.</exception>
    public async Task ReplayAsync(IReadOnlyList<Script> applied, CancellationToken cancellationToken)
    {
        _stage = NewStage(await server.CreateAsync(cancellationToken));
        for (var index = 0; index < applied.Count; index++)
        {
            activity.Progress(new ActivityProgress(0, "Building the schema", applied[index].Name, 100 * index / applied.Count));
            await using var lease = await RightsAsync(applied[index], cancellationToken);
            await AdvanceAsync(applied[index], cancellationToken);
        }
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
            catch (EngineException failure) when (makesRoles && made < MostRoles && MissingParts.RoleOf(failure) is { } role)
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
