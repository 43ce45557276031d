using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Looks at the schema that scripts build, as a rehearsal builds what its scripts find, each script by the role that ran it on the target.</summary>
internal sealed class ScriptBuild(RehearsalServer server, ScriptProject project, MigrationRequest request, CatalogSelection selection, IActivity activity, TimeProvider clock)
{
    /// <param name="database">Its name: scripts may name the database they are in.</param>
    /// <param name="each">Called with the schema after each script, and first, without one, with that of the empty database; null spares those snapshots.</param>
    /// <returns>The schema at the end.</returns>
    /// <exception cref="EngineException">BuildFailed, SandboxLacksExtension, and those of a server.</exception>
    public async Task<CatalogSnapshot> RunAsync(
        string database, string searchPath, IReadOnlyList<BuildStep> steps, Action<Script?, CatalogSnapshot>? each, CancellationToken cancellationToken)
    {
        var roles = new BuildRoles(server, searchPath);
        await using var schema = new BaseSchema(server, project, request, activity, clock) { Roles = roles };
        try
        {
            await schema.ReplayAsync(steps, database, each is null ? null : async script => each(script, await ViewAsync()), cancellationToken);
            return await ViewAsync();
        }
        catch (EngineException failure) when (failure is MigrationFailedException or ScriptException or RightsWithheld)
        {
            throw Explain(failure);
        }

        Task<CatalogSnapshot> ViewAsync() => roles.ReadAsync(schema.Stage, new CatalogReader(selection) { Repeats = true }, cancellationToken);
    }

    private static EngineException Explain(EngineException failure) => failure is not RightsWithheld && MissingParts.ReasonOf(failure) is not null
        ? new EngineException("SandboxLacksExtension", FailureKind.Resource, $"The scripts cannot be built in a sandbox, which lacks something: {failure.Message} The database was not changed.",
            "Name a server that has it with -SandboxConnection, or install it for the server that the sandbox takes (MIGRATIONS_PGBIN names its folder), or compare with a snapshot: Get-DbSchema -OutFile, then Compare-DbSchema -ReferencePath.", failure.Target, failure)
        : new EngineException("BuildFailed", FailureKind.Conflict, $"On an empty server the scripts could not be run: {failure.Message} The database was not changed.",
            "Scripts have to build an empty database by themselves, in the order in which they ran. What they count on (roles are made, extensions and data are not) must be made by them.", failure.Target, failure);
}
