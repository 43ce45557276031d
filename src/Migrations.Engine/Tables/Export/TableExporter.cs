using Migrations.Engine.Audit;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Tables;

/// <summary>
/// Writes tables and queries as CSV, as fast as the server makes it: the bytes of COPY pass through. All sources of a call are seen in one
/// snapshot, and all files get their names when the last one is on the disk.
/// </summary>
public sealed class TableExporter(Database database, IActivity activity, TimeProvider clock)
{
    private static readonly TimeSpan s_terminateLimit = TimeSpan.FromSeconds(8);

    /// <param name="plans">Of <see cref="ExportPlanner"/>, for this request.</param>
    /// <returns>One result for each plan.</returns>
    /// <exception cref="EngineException">ExportFileExists, ExportFileNotWritable, ExportDiskFull, ServerError, ConnectionLost: no file remains. ExportPublishedInPart.</exception>
    public async Task<IReadOnlyList<ExportResult>> ExportAsync(IReadOnlyList<ExportPlan> plans, ExportRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(request);
        var sessions = new List<Session>();
        var runs = new List<ExportRun>();
        try
        {
            sessions.Add(await database.OpenAsync(cancellationToken));
            var results = await ExportAsync(sessions, runs, plans, request, cancellationToken);
            var isAudited = await RecordAsync("TableExported", plans, request, results, null);
            return [.. results.Select(result => result with { Audited = isAudited })];
        }
        catch (Exception failure)
        {
            foreach (var run in runs) run.Files.Discard();
            // A COPY that waits for a lock or sorts for minutes sends nothing, so its backend does not see that the client is gone.
            foreach (var session in sessions.Where(session => session.IsBroken)) await EndAsync(session);
            await RecordAsync("TableExportFailed", plans, request, [], (failure as EngineException)?.ErrorId ?? "Cancelled");
            if (failure is not OperationCanceledException) cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            foreach (var session in sessions) await session.DisposeAsync();
        }
    }

    /// <summary>What left the database, never its values: of a query its hash.</summary>
    private Task<bool> RecordAsync(string act, IReadOnlyList<ExportPlan> plans, ExportRequest request, IReadOnlyList<ExportResult> results, string? error) => new ActLog(database, request.History, activity).RecordAsync(act, "export", new
    {
        tables = request.Query is null ? plans.Select(plan => plan.Relation.ToString()).ToArray() : null, query = Journal.HashOf(request.Query), where = Journal.HashOf(request.Where), columns = request.Columns,
        files = plans.Select(plan => System.IO.Path.GetFileName(plan.Path)).ToArray(), rows = results.Sum(result => result.Rows), error,
    }, CancellationToken.None);

    private async Task<IReadOnlyList<ExportResult>> ExportAsync(
        List<Session> sessions, List<ExportRun> runs, IReadOnlyList<ExportPlan> plans, ExportRequest request, CancellationToken cancellationToken)
    {
        var leader = sessions[0];
        await using var transaction = await ExportTransaction.BeginAsync(leader, request, null, cancellationToken);
        // A condition or a query of the user's is read with the search_path that the user has.
        var qualifies = request is { Query: null, Where: null, OrderBy: null } && plans.Any(plan => plan.Relation.Columns.Any(column => column.IsObjectName));
        if (qualifies) await transaction.QualifyNamesAsync(cancellationToken);

        var pieces = new List<CopyPiece>();
        for (var i = 0; i < plans.Count; i++)
        {
            var select = new ExportSelect(plans[i].Relation, request);
            var texts = plans[i].Streams == 1 ? [select.Whole] : await PageRanges.ShareAsync(leader, plans[i].Relation, select, cancellationToken);
            foreach (var text in texts) pieces.Add(new CopyPiece(i, text));
            if (activity.WantsSql) activity.Sql(texts[0]);
            var head = request.Header ? await HeadAsync(leader, select, cancellationToken) : [];
            runs.Add(new ExportRun(new CsvFiles(plans[i].Files, [.. ExportEncoding.Mark(request.Encoding), .. head], request), plans[i]));
        }

        var helpers = Math.Min(plans.Max(plan => plan.Streams), pieces.Count) - 1;
        if (helpers > 0)
        {
            var snapshot = await transaction.ShareSnapshotAsync(cancellationToken);
            for (var i = 0; i < helpers; i++)
            {
                var helper = await database.ReachAsync(leader.Address, cancellationToken);
                sessions.Add(helper);
                var seen = await ExportTransaction.BeginAsync(helper, request, snapshot, cancellationToken);
                if (qualifies) await seen.QualifyNamesAsync(cancellationToken);
            }
        }

        ExportRun? current = null;
        await new CopyStreams(sessions, pieces).RunAsync((source, block) =>
        {
            if (current != runs[source])
            {
                current?.Complete();
                current = runs[source];
                current.Begin(new ExportProgress(activity, clock, plans[source]));
            }

            current.Write(block);
        }, cancellationToken);
        current?.Complete();
        return Publish(runs, plans, request);
    }

    private List<ExportResult> Publish(List<ExportRun> runs, IReadOnlyList<ExportPlan> plans, ExportRequest request)
    {
        var manifest = request.Manifest ? ExportManifest.PathOf(plans) : null;
        var results = runs.ConvertAll(run => run.Result(manifest));
        var drafts = runs.SelectMany(run => run.Files.Drafts).ToList();
        if (manifest is null) ExportPublication.Publish(drafts, request.Overwrite);
        else
        {
            var file = new PartialFile(manifest, hashes: false);
            try
            {
                ExportManifest.Write(file, plans, results, request, clock.GetUtcNow());
                file.Complete();
                ExportPublication.Publish([.. drafts, file], request.Overwrite);
            }
            catch
            {
                file.Discard();
                throw;
            }
        }

        for (var i = 0; i < plans.Count; i++) ExportPublication.RemoveOlderParts(plans[i], results[i], activity);
        foreach (var folder in plans.Select(plan => System.IO.Path.GetDirectoryName(plan.Path)!).Distinct()) FolderSync.Flush(folder);
        return results;
    }

    private static async Task<byte[]> HeadAsync(Session session, ExportSelect select, CancellationToken cancellationToken) =>
        await ServerCall.RunAsync(async () =>
        {
            await using var reader = (IAsyncDisposable)await session.Connection.BeginTextExportAsync(select.Header, cancellationToken);
            using var head = new MemoryStream();
            await ((StreamReader)reader).BaseStream.CopyToAsync(head, cancellationToken);
            return head.ToArray();
        }, session.Secrets);

    private async Task EndAsync(Session session)
    {
        using var limit = new CancellationTokenSource(s_terminateLimit);
        try
        {
            await database.TerminateAsync(session.BackendPid, limit.Token);
        }
        catch (Exception failure) when (failure is EngineException or OperationCanceledException)
        {
            // The reason for the end is told already; the server will notice by itself when it next writes.
        }
    }
}
