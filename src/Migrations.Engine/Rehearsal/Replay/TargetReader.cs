using Dapper;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Reads from the target what a rehearsal must know of it: its history, the names of its roles, its statistics. It changes nothing there.</summary>
internal sealed class TargetReader(Database database, ScriptProject project, RehearsalRequest request)
{
    /// <exception cref="EngineException">AppliedWithoutFile, and those of the planner and of a connection.</exception>
    public async Task<TargetFacts> ReadAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        var start = await StartAsync(session, cancellationToken);
        if (start.Pending.Count == 0) return new TargetFacts(session.Server, session.Address, start, null, null);
        var live = await LiveReader.ReadAsync(session, request.ProbeTimeout, cancellationToken);
        var schema = await new CatalogReader(new CatalogSelection([request.Run.History.Name])).ReadAsync(session, cancellationToken);
        return new TargetFacts(session.Server, session.Address, start, schema.Fingerprint, live);
    }

    private async Task<StartingPoint> StartAsync(Session session, CancellationToken cancellationToken)
    {
        var plan = await new MigrationPlanner(database, project, []).PlanAsync(session, request.Run, cancellationToken);
        var store = new HistoryStore(request.Run.History);
        var history = plan.InstallsHistory ? HistorySnapshot.Empty : await store.ReadAsync(session, cancellationToken);
        var byKey = project.Versioned.Concat(project.Repeatable).ToDictionary(ScriptKey.Of);
        var pending = plan.Scripts.Select(script => byKey[script.Key]).ToList();
        return StartingPoint.Of(project, history, pending, await RolesAsync(session, cancellationToken), request.From == SchemaSource.Scripts);
    }

    private static Task<IReadOnlyList<string>> RolesAsync(Session session, CancellationToken cancellationToken) => ServerCall.RunAsync<IReadOnlyList<string>>(async () =>
        (await session.Connection.QueryAsync<string>(new CommandDefinition("select rolname::text from pg_catalog.pg_roles order by 1", cancellationToken: cancellationToken))).AsList(), session.Secrets);
}
