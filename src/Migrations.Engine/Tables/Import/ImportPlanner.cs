using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Looks at the files and the table, and decides how to load.</summary>
internal sealed class ImportPlanner(Session session, ImportRequest request)
{
    private const long SmallFile = 64 * 1024 * 1024;

    private readonly List<string> _notes = [];

    /// <exception cref="EngineException">TableNotFound, ImportTargetRefused, ImportModeRefused, ImportStreamsRefused, UpsertKeyNotUnique, and those of the files and columns.</exception>
    public async Task<ImportPlan> PlanAsync(CancellationToken cancellationToken)
    {
        var table = await TargetTable.ReadAsync(session, request.Table, cancellationToken);
        var files = request.Files.Select(path => FileHead.Read(path, request.Csv)).ToList();
        var mappings = files.ToDictionary(file => file, file => ColumnMapping.Of(file, table, request.ColumnMap, request.IgnoredColumns));
        CheckModes(table);
        var key = request.Mode == ImportMode.Upsert ? await UpsertKey.ResolveAsync(session, table, request.Key, mappings.Values, cancellationToken) : UpsertKey.None;
        var streams = StreamsFor(table, files);
        var freezes = request is { Mode: ImportMode.Truncate, Quarantines: false, Batches: false } && table.IsPlain;
        var unfrozen = request.Mode == ImportMode.Truncate && !freezes ? $"The rows are not frozen as they are written: {WhyNotFrozen(table)}." : null;
        if (unfrozen is not null) _notes.Add(unfrozen);
        if (table.HasRowTriggers) _notes.Add("The table has row triggers: the server inserts one row at a time, several times slower.");
        if (table.HasStatementTriggers && request.Quarantines) _notes.Add($"The table's statement triggers fire once for each piece that is {(request.Mode == ImportMode.Upsert ? "merged" : "copied")}.");
        return new ImportPlan
        {
            Target = $"{session.Server.Database} on {session.Address} as {session.Server.Role}",
            Table = table.ToString(),
            Files = [.. files.Select(file => new PlannedFile(file.Path, new FileInfo(file.Path).Length, file.Encoding.Transcoded?.WebName ?? file.Encoding.ServerName, file.Dialect.Delimiter, file.Dialect.LineEnd,
                [.. mappings[file].Columns.Select(column => column.Name)]))],
            Mode = request.Mode,
            Streams = streams,
            Freezes = freezes,
            Unfrozen = unfrozen,
            Notes = _notes,
            Request = request,
            Into = table,
            Read = files,
            Mappings = mappings,
            Key = key,
        };
    }

    private void CheckModes(TargetTable table)
    {
        if (request.Quarantines && table.IsSelfReferencing)
            throw ModeRefused($"{table} refers to itself, and a row may need one that stands further down: which rows are bad cannot be told piece by piece", "Import without -OnError Quarantine.");
        if (request.Batches && table.IsSelfReferencing)
            throw ModeRefused($"{table} refers to itself, and a row may need one of a later batch", "Import without -Batch.");
        if (request.Quarantines && request.Files.GroupBy(path => Quarantine.PathOf(path, request.QuarantineFolder), StringComparer.OrdinalIgnoreCase).FirstOrDefault(files => files.Count() > 1) is { } shared)
            throw ModeRefused($"rows that are set aside of {string.Join(" and of ", shared)} would go to one file, {shared.Key}", "Import these files one after the other.");
        if (request is { Batches: true, Mode: ImportMode.Upsert, DuplicateKey: not DuplicateKey.Last })
            throw ModeRefused("in batches, a key that stands in the files twice is seen only within a batch", "Say -DuplicateKey Last, or import without -Batch.");
        if (request.Batches && table.IsTemporary)
            throw ModeRefused($"{table} is temporary, and goes with the session", "Import without -Batch.");
    }

    private int StreamsFor(TargetTable table, IReadOnlyList<ImportFile> files)
    {
        var why = request switch
        {
            { Mode: ImportMode.Truncate } => "TRUNCATE keeps every other session out until its transaction ends",
            { Mode: ImportMode.Upsert } => "an upsert collects its rows in a table of one session",
            { Batches: true } => "batches are committed in the order of the file",
            _ when table.IsSelfReferencing => $"{table} refers to itself, and a row may need one that another session loads",
            _ when table.HasStatementTriggers => $"the statement triggers of {table} would fire once for each session",
            _ when table.IsTemporary => $"{table} is temporary, and no other session sees it",
            _ => null,
        };
        if (request.Streams > 1 && why is not null)
            throw StreamsRefused($"it needs one stream: {why}", "Import without -Parallel, or with -Parallel auto.");
        if (request.Streams > 0) return request.Streams;
        var bytes = files.Sum(file => new FileInfo(file.Path).Length);
        return why is not null || bytes < SmallFile ? 1 : Math.Clamp(Environment.ProcessorCount - 1, 1, 4);
    }

    private string WhyNotFrozen(TargetTable table) =>
        request.Quarantines ? "pieces that may have to be taken back are no first writing of the table" : request.Batches ? "later batches are other transactions" : $"{table} is partitioned";

    private EngineException ModeRefused(string why, string advice) =>
        new EngineException("ImportModeRefused", FailureKind.Refused, Told(why), advice, request.Table);

    private EngineException StreamsRefused(string why, string advice) =>
        new EngineException("ImportStreamsRefused", FailureKind.Refused, Told(why), advice, request.Table);

    private string Told(string why) => $"{request.Table} cannot be imported into so: {why}. Nothing was changed.";
}
