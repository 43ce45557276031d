using Dapper;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Compares a database with what the scripts of a project build: runs them on an empty server of the same major and looks at both. The database is
/// only read. When they differ, the scripts are run once more, with a look after each.
/// </summary>
public sealed class DriftFinder(Database database, ScriptProject project, IActivity activity, TimeProvider clock)
{
    /// <exception cref="EngineException">HistoryNotInstalled, UnknownVersion, BuildFailed, SandboxLacksExtension, SandboxIsTarget, SandboxNotSuperuser, and those of a connection and of a sandbox.</exception>
    public async Task<IReadOnlyList<SchemaDrift>> FindAsync(DriftRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var selection = new CatalogSelection([request.Run.History.Name, .. request.ExcludedSchemas]);
        var now = (await new CatalogFileSource(database).ReadAsync(selection, cancellationToken)).Snapshot;
        await using var session = await database.OpenAsync(cancellationToken);
        var scripts = await ScriptsAsync(session, request, UsualOwner(now) ?? session.Server.SessionUser, cancellationToken);
        foreach (var note in scripts.Notes) activity.Warn(note);
        var (roles, searchPath) = await SurroundingsAsync(session, cancellationToken);

        ThrowIfReachingOut(scripts, request.Sandbox is null);
        await using var server = await RehearsalServer.StartAsync(request.Sandbox, session.Server.Major, activity, clock, cancellationToken);
        server.EnsureIsNot(session.Server, session.Address);
        if (server.Major != session.Server.Major)
            activity.Warn($"The scripts are built on PostgreSQL {server.Major}, and the database runs on {session.Server.Major}: what one of them has and the other has not shows as a difference.");
        await server.EnsureRolesAsync(roles.Except(ScriptRoles.Of(scripts.Steps.Select(step => step.Script))), cancellationToken);
        var build = new ScriptBuild(server, project, request.Run, selection, activity, clock);
        var drifts = SchemaDrift.Between(await build.RunAsync(session.Server.Database, searchPath, scripts.Steps, null, cancellationToken), now);
        if (drifts.Count == 0 || !request.Explains) return drifts;

        var origins = new DriftOrigins(drifts);
        await build.RunAsync(session.Server.Database, searchPath, scripts.Steps, origins.Add, cancellationToken);
        return [.. drifts.Select(drift => origins.Explain(drift, now.Find(drift.Kind, drift.Identity)))];
    }

    private void ThrowIfReachingOut(AppliedScripts scripts, bool serverIsOwn)
    {
        if (OutsideReach.Find([.. scripts.Steps.Select(step => step.Script), .. project.Hooks.Values], serverIsOwn) is not { } reach) return;
        throw new EngineException("BuildFailed", FailureKind.Refused, $"The scripts are not run in a sandbox: {reach} The database was not changed.",
            "Compare with a snapshot instead: Get-DbSchema -OutFile, then Compare-DbSchema -ReferencePath.", project.Root);
    }

    private async Task<AppliedScripts> ScriptsAsync(Session session, DriftRequest request, string owner, CancellationToken cancellationToken)
    {
        if (request is { Version: { } only, AlsoApplied: false }) return AppliedScripts.UpTo(project, only, HistorySnapshot.Empty, owner);
        var store = new HistoryStore(request.Run.History);
        var history = await store.LookAsync(session, cancellationToken) is { IsInstalled: true } ? await store.ReadAsync(session, cancellationToken) : null;
        if (request.Version is { } version) return AppliedScripts.UpTo(project, version, history ?? HistorySnapshot.Empty, owner);
        if (history is not null) return AppliedScripts.Of(project, history, owner);
        throw new EngineException("HistoryNotInstalled", FailureKind.NotFound, $"{session.Server.Database} has no history schema {request.Run.History}, so nothing says which scripts built it.",
            "Name the last version that is in it with -Version, or compare it with a snapshot or another database.", request.Run.History.Name);
    }

    /// <summary>Who owns most of it: what was only put on record was made by that role.</summary>
    private static string? UsualOwner(CatalogSnapshot now) => now.Objects
        .Where(found => found.Kind is "table" or "partitioned table" or "view" or "function" or "sequence").GroupBy(found => found.Properties["owner"], StringComparer.Ordinal)
        .OrderByDescending(owned => owned.Count()).ThenBy(owned => owned.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;

    /// <summary>What lies outside of the database and decides what a script makes.</summary>
    private static Task<(IReadOnlyList<string> Roles, string SearchPath)> SurroundingsAsync(Session session, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        var roles = await session.Connection.QueryAsync<string>(new CommandDefinition("select rolname::text from pg_catalog.pg_roles order by 1", cancellationToken: cancellationToken));
        var path = await session.Connection.ExecuteScalarAsync<string>(new CommandDefinition("select reset_val from pg_catalog.pg_settings where name = 'search_path'", cancellationToken: cancellationToken));
        return ((IReadOnlyList<string>)roles.AsList(), path ?? "");
    }, session.Secrets);
}
