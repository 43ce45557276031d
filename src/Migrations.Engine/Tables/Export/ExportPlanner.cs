using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Looks, and writes nothing: what there is, what it would be called, what is in the way.</summary>
public sealed class ExportPlanner(Database database)
{
    private const int MostStreams = 64;

    /// <returns>One plan for each table, in the order given, or one for the query.</returns>
    /// <exception cref="EngineException">
    /// TableNotFound, ExportColumnUnknown, ExportNoColumn, ExportSqlInvalid, ExportParameterInvalid, ExportDialectInvalid, ExportEncodingUnknown,
    /// ExportOptionInvalid, ExportPathIsFolder, ExportFileTwice, ExportFileExists, ServerError.
    /// </exception>
    public Task<IReadOnlyList<ExportPlan>> PlanAsync(ExportRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExportDialect.Check(request.Dialect);
        CheckOptions(request);
        return database.ReadAsync(session => PlanAsync(session, request, cancellationToken), cancellationToken);
    }

    private static async Task<IReadOnlyList<ExportPlan>> PlanAsync(Session session, ExportRequest given, CancellationToken cancellationToken)
    {
        await using var transaction = await ExportTransaction.BeginAsync(session, given, null, cancellationToken);
        await ExportEncoding.CheckAsync(session, given.Encoding, given.Dialect, cancellationToken);
        var strings = session.Server.StandardConformingStrings;
        var request = given with
        {
            Where = given.Where is null ? null : SqlFragment.Closed(given.Where, "-Where", strings),
            OrderBy = given.OrderBy is null ? null : SqlFragment.Closed(given.OrderBy, "-OrderBy", strings),
        };
        var sources = new ExportSources(session, request);
        var plans = new List<ExportPlan>();
        if (request.Query is { } query) plans.Add(Plan(session, await sources.OfQueryAsync(query, cancellationToken), request));
        foreach (var table in request.Tables) plans.Add(Plan(session, await sources.OfTableAsync(table, cancellationToken), request));
        CheckFiles(plans, request);
        // Its hashes are those of files that are about to be replaced; it may be somebody's, so it is not deleted.
        if (!request.Manifest && plans.Exists(plan => plan.Replaces.Count > 0) && ExportManifest.Existing(plans).FirstOrDefault() is { } older)
            plans[0] = plans[0] with { Warnings = [.. plans[0].Warnings, $"{older} speaks of the files that are replaced: write it anew with -Manifest."] };
        return plans;
    }

    private static ExportPlan Plan(Session session, ExportSource source, ExportRequest request)
    {
        var files = ExportFileNames.For(request, source.Relation is null ? null : source.Given);
        return new ExportPlan
        {
            Target = $"{session.Server.Role} in {session.Server.Database} on {session.Address}, PostgreSQL {session.Server.Version}{(session.Server.IsStandby ? ", standby" : "")}",
            Source = source.Name,
            Kind = source.Kind,
            Path = files.First,
            Columns = [.. source.Columns.Select(column => column.Name)],
            EstimatedRows = source.EstimatedRows,
            Streams = source.HasPages ? request.Streams : 1,
            Replaces = files.Existing(),
            Statement = new ExportSelect(source, request).Whole,
            Warnings = [.. Warnings(session, source, request)],
            Relation = source,
            Files = files,
        };
    }

    private static IEnumerable<string> Warnings(Session session, ExportSource source, ExportRequest request)
    {
        if (source.IsFiltered) yield return $"Row security of {source.Name} is active for {session.Server.Role}: only the rows that this role may see are written.";
        if (source.Columns.GroupBy(column => column.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            yield return $"Two columns of the query are called {twice.Key}: the file cannot be imported by its header.";
        if (session.Server.Encoding == "SQL_ASCII") yield return $"{session.Server.Database} has no encoding (SQL_ASCII): its texts are written as they are, whatever they are.";
        if (request.Streams > 1 && !source.HasPages) yield return $"{source.Name} has no pages to share out: it is read in one stream.";
    }

    private static void CheckOptions(ExportRequest request)
    {
        if (request.Streams is < 1 or > MostStreams) throw Option($"{request.Streams} streams are not possible; 1 to {MostStreams} are.");
        if (request.SplitBytes < 1 || request.SplitRows < 1) throw Option("A file cannot be split into nothing.");
        if (request.OrderBy is not null && request.Streams > 1) throw Option("An order cannot be kept by several streams.");
        if (request.Tables.Count == 0 == request.Query is null) throw Option("Either tables or a query have to be named.");
        if (request.Query is not null && (request.Columns ?? (object?)request.Where ?? request.OrderBy) is not null) throw Option("Columns, condition and order of a query belong into the query.");
        if (request.Query is null && request.Parameters.Count > 0) throw Option("A table has no parameters.");
    }

    private static EngineException Option(string message) => new("ExportOptionInvalid", FailureKind.InvalidInput, $"{message} Nothing was written.", "Leave one of the two out.");

    private static void CheckFiles(List<ExportPlan> plans, ExportRequest request)
    {
        // Some file systems take Users.csv and users.csv for one.
        if (plans.GroupBy(plan => plan.Path, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new EngineException("ExportFileTwice", FailureKind.Conflict, $"{string.Join(" and ", twice.Select(plan => plan.Source))} would both be written to {twice.Key}. Nothing was written.",
                "Write them one by one, or name them with their schemas.", twice.Key);
        }

        var manifest = request.Manifest ? [ExportManifest.PathOf(plans)] : (string[])[];
        if (plans.Select(plan => plan.Path).Concat(manifest).FirstOrDefault(Directory.Exists) is { } folder) throw ExportFault.Folder(folder);
        var inTheWay = plans.SelectMany(plan => plan.Replaces).Concat(request.Manifest ? ExportManifest.Existing(plans) : []).ToList();
        if (inTheWay.Count > 0 && !request.Overwrite) throw ExportFault.Exists(inTheWay[0]);
    }
}
