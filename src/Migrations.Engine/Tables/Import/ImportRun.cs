using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>What all ways of importing share.</summary>
internal sealed class ImportRun : IDisposable
{
    private static readonly string[] s_check = ["set constraints all immediate"];

    private readonly Dictionary<ImportFile, Quarantine> _quarantines;

    public ImportRun(Database database, ImportPlan plan, IActivity activity, TimeProvider clock)
    {
        Database = database;
        Plan = plan;
        Activity = activity;
        Clock = clock;
        Tally = new ImportTally(plan.Read, !plan.Request.SkipsRowCount, plan.Table) { IsOfScript = plan.Request.IsOfScript };
        Progress = new ImportProgress(plan.Read, plan.Table, Tally, activity, clock);
        Foresights = plan.Read.ToDictionary(file => file, file => new Foresight(file, plan.Mappings[file]));
        _quarantines = plan.Read.ToDictionary(file => file, file => NewQuarantine(file, null));
    }

    public Database Database { get; }

    public ImportPlan Plan { get; }

    public ImportRequest Request => Plan.Request;

    public IActivity Activity { get; }

    public TimeProvider Clock { get; }

    public ImportTally Tally { get; }

    public ImportProgress Progress { get; }

    public IReadOnlyDictionary<ImportFile, Foresight> Foresights { get; }

    /// <summary>Of an upsert, which has one session.</summary>
    public StagedSource StagedSource { get; } = new();

    public IReadOnlyDictionary<ImportFile, Quarantine> Quarantines => _quarantines;

    /// <summary>Of an upsert: rows that were there before; null when it is not known.</summary>
    public long? Updated { get; set; }

    /// <summary>Of an upsert: rows whose key stands in the files again, and which gave way to the other.</summary>
    public long Superseded { get; set; }

    /// <summary>Records that earlier runs had committed.</summary>
    public long ResumedFrom { get; set; }

    public CopyLane Lane(Session session) => new(session, CopyTarget.Of(Plan.Into, Plan.Freezes), Request, Plan.Mappings);

    /// <param name="staging">Of an upsert; null: the rows go into the table itself.</param>
    public IRowLoad Load(CopyLane table, UpsertStaging? staging = null) => Load(staging?.Lane ?? table, Quarantines, staging?.Text);

    public IRowLoad Load(CopyLane lane, IReadOnlyDictionary<ImportFile, Quarantine> quarantines, StagedText? staged = null) =>
        Request.Quarantines ? new ValidatedLoad(lane, this, quarantines, staged) : new RawLoad(lane, Tally);

    /// <summary>Of one of several streams: their rows come together in the order of the commits, so that a resumed import finds those of the committed ones in front.</summary>
    public IReadOnlyDictionary<ImportFile, Quarantine> QuarantinesOf(int stream) => Plan.Read.ToDictionary(file => file, file => NewQuarantine(file, stream));

    public ChunkFeed Feed(bool hashes) => new(this, hashes);

    /// <summary>What is deferred is checked while the import can still say whose fault it is.</summary>
    /// <exception cref="ImportRowException">A row needs another one that is not there, or is there twice.</exception>
    public async Task CheckConstraintsAsync(CopyLane lane, CancellationToken cancellationToken)
    {
        try
        {
            await lane.ExecuteAsync(s_check, cancellationToken);
        }
        catch (ServerException failure) when (failure.InnerException is Npgsql.PostgresException refused && SqlStateFacts.KindOf(failure.SqlState) == FailureKind.Data)
        {
            throw new ImportRowException(refused, Database.Secrets, string.Join(", ", Plan.Read), null, null, Tally);
        }
    }

    /// <summary>Before the commit: every record is a row or set aside, and not too many are.</summary>
    public void Settle()
    {
        Tally.Reconcile();
        Request.MaxErrors.CheckAtEnd(Tally);
        foreach (var quarantine in _quarantines.Values) quarantine.Flush();
    }

    public void CompleteQuarantines()
    {
        foreach (var quarantine in _quarantines.Values) quarantine.Complete();
    }

    public ImportResult Result(TimeSpan duration) => new(
        Plan.Table,
        [.. Plan.Read.Select(file => (file, tally: Tally[file], aside: _quarantines[file])).Select(found => new ImportedFile(
            found.file.Path, found.tally.Read, found.tally.Loaded, found.tally.Rejected,
            found.aside.IsEmpty ? null : found.aside.RowsPath, found.aside.IsEmpty ? null : found.aside.ReportPath))],
        Tally.Read, Tally.Loaded - Superseded, Tally.Rejected, Updated, Plan.Files.Sum(file => file.Bytes), duration, Plan.Mode, Plan.Streams, Plan.Freezes, ResumedFrom) { Superseded = Superseded };

    private Quarantine NewQuarantine(ImportFile file, int? stream) => new(file, Request.QuarantineFolder ?? Path.GetDirectoryName(file.Path)!, Database.Secrets, Activity, stream);

    public void Dispose()
    {
        foreach (var quarantine in _quarantines.Values) quarantine.Dispose();
        StagedSource.Dispose();
    }
}
