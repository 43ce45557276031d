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
        var start = await database.ReadAsync(session => StartAsync(session, cancellationToken), cancellationToken);
        // People may be at work there, and it is their work that counts.
        var schema = start.Pending.Count == 0 ? null : (await new CatalogFileSource(database).ReadAsync(new CatalogSelection([request.Run.History.Name]), cancellationToken)).Snapshot;
        // The same session, as a rule; it is not kept any longer than this.
        await using var last = await database.OpenAsync(cancellationToken);
        var live = schema is null ? null : await LiveReader.ReadAsync(last, request.ProbeTimeout, cancellationToken);
        return new TargetFacts(last.Server, last.Address, start, schema?.Fingerprint, live);
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
