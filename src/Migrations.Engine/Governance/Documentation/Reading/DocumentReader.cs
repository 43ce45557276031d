using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>
/// Reads what the documentation of a database says: the headers of the scripts, the history and the catalog. What it describes is only read; without a
/// database the scripts are built in a sandbox.
/// </summary>
/// <param name="database">Null: none is asked.</param>
/// <param name="secrets">Taken out of all that is told.</param>
public sealed class DocumentReader(Database? database, ScriptProject project, SecretMask secrets, IActivity activity, TimeProvider clock)
{
    /// <summary>How often it is read when scripts run meanwhile.</summary>
    private const int Attempts = 5;

    private const int MostRoles = 100;

    /// <summary>The comment with which initdb makes the database postgres.</summary>
    private const string OfEveryServer = "default administrative connection database";

    /// <exception cref="EngineException">DatabaseMoves, HistoryNotReadable, HistoryForeign, HistoryTooNew, DocumentBuildFailed, and those of a connection and of a sandbox.</exception>
    public async Task<MigrationDocument> ReadAsync(DocumentRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return database is null ? await BuildAsync(request, cancellationToken) : await ReadAsync(database, request, cancellationToken);
    }

    private async Task<MigrationDocument> ReadAsync(Database from, DocumentRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await HistoryAsync(from, request.Run.History, cancellationToken);
            var status = before.Presence.IsInstalled ? await new StatusReader(from, project).ReadAsync(request.Run.History, cancellationToken) : [];
            var catalog = await new CatalogFileSource(from).ReadAsync(SelectionOf(request), cancellationToken);
            // Schema and status are of one moment: nothing has begun or ended while they were read.
            if ((await HistoryAsync(from, request.Run.History, cancellationToken)).LastEvent != before.LastEvent) continue;

            var scripts = new ScriptReader(project, secrets);
            return Compose(request, catalog) with
            {
                Source = DocumentSource.Database,
                Database = catalog.Database,
                Environment = before.Presence.Environment,
                IsStatusKnown = before.Presence.IsInstalled,
                AsOf = before.Changes.Count == 0 ? null : before.Changes[^1].At,
                Scripts = before.Presence.IsInstalled ? scripts.Read(status, before.Changes) : scripts.Read(),
                Changes = scripts.Log(before.Changes),
            };
        }

        throw new EngineException("DatabaseMoves", FailureKind.Conflict, $"Scripts ran in {from.Options.Database} each of the {Attempts} times that it was read: no moment of it could be told whole. Nothing was written.",
            "Try again when the run has ended: Get-Migration -Running shows it.", from.Options.Database);
    }

    private async Task<MigrationDocument> BuildAsync(DocumentRequest request, CancellationToken cancellationToken)
    {
        await using var server = await RehearsalServer.StartAsync(null, request.Major, activity, clock, cancellationToken);
        // Its own roles are known from here on, and are not taken away behind the build.
        await server.EnsureRolesAsync([], cancellationToken);
        BuildStep[] steps = [.. project.Versioned.Concat(project.Repeatable).Select(script => new BuildStep(script, Sandbox.SandboxServer.UserName))];
        var build = new ScriptBuild(server, project, request.Run, SelectionOf(request), activity, clock);
        var snapshot = await BuiltAsync(() => build.RunAsync("documented", "\"$user\", public", steps, null, cancellationToken), server, cancellationToken);
        return Compose(request, new CatalogFile(new DirectoryInfo(project.Root).Name, $"{server.Major}", [], snapshot)) with { Scripts = new ScriptReader(project, secrets).Read() };
    }

    /// <summary>Begins again for each role that scripts name and do not make: roles are of the server, and often made by other hands. The ways out of a comparison are none for a description.</summary>
    private async Task<CatalogSnapshot> BuiltAsync(Func<Task<CatalogSnapshot>> build, RehearsalServer server, CancellationToken cancellationToken)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            try
            {
                return await build();
            }
            catch (EngineException failure) when (made.Count < MostRoles && failure.InnerException is EngineException inner && MissingParts.RoleOf(inner) is { } role && made.Add(role))
            {
                activity.Detail($"The scripts name the role {role} and do not make it. It was made in the sandbox, without a right.");
                await server.EnsureRolesAsync([role], cancellationToken);
            }
            catch (EngineException failure) when (failure.ErrorId is "BuildFailed" or "SandboxLacksExtension")
            {
                throw Explain(failure);
            }
        }
    }

    private static EngineException Explain(EngineException failure) => new EngineException("DocumentBuildFailed", FailureKind.Conflict,
        failure.Message.Replace(" The database was not changed.", " Nothing was written.", StringComparison.Ordinal),
        "Without -Offline a database is described that has them already. Here they must build an empty database by themselves: extensions and data that they count on are not there.", failure.Target, failure);

    private static CatalogSelection SelectionOf(DocumentRequest request) => new([request.Run.History.Name, .. request.ExcludedSchemas]);

    private MigrationDocument Compose(DocumentRequest request, CatalogFile file)
    {
        var index = new CatalogIndex(file.Snapshot, secrets);
        var schemas = new SchemaReader(index).Read();
        return new MigrationDocument
        {
            Title = request.Title ?? file.Database,
            Source = DocumentSource.Scripts,
            ServerMajor = int.Parse(file.ServerVersion.Split('.')[0].TakeWhile(char.IsAsciiDigit).ToArray(), System.Globalization.CultureInfo.InvariantCulture),
            Contact = secrets.ApplyOrNull(project.Settings.Contact),
            Comment = index.OfKind("database").Select(CatalogIndex.CommentOn).FirstOrDefault(comment => comment != OfEveryServer),
            Fingerprint = file.Snapshot.Fingerprint,
            IsStatusKnown = false,
            Schemas = schemas,
            Others = [.. OtherObjects.Rest(index)],
            Diagrams = DiagramPlan.Of([.. schemas.SelectMany(schema => schema.Tables)]),
        };
    }

    private static async Task<(HistoryPresence Presence, IReadOnlyList<HistoryChange> Changes, long LastEvent)> HistoryAsync(Database from, HistorySchema schema, CancellationToken cancellationToken)
    {
        await using var session = await from.OpenAsync(cancellationToken);
        var store = new HistoryStore(schema);
        var presence = await store.LookAsync(session, cancellationToken);
        if (!presence.IsInstalled) return (presence, [], 0);
        var log = new ChangeLog(store);
        // First: what ends between the two questions shows as a move.
        var last = await log.LastEventAsync(session, cancellationToken);
        return (presence, await log.ReadAsync(session, cancellationToken), last);
    }
}
