using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>What all ways of importing share.</summary>
internal sealed class ImportRun : IDisposable
{
    private readonly Dictionary<ImportFile, Quarantine> _quarantines;

    public ImportRun(Database database, ImportPlan plan, IActivity activity, TimeProvider clock)
    {
        Database = database;
        Plan = plan;
        Activity = activity;
        Clock = clock;
        Tally = new ImportTally(plan.Read, !plan.Request.SkipsRowCount, plan.Table);
        Progress = new ImportProgress(plan.Read, plan.Table, Tally, activity, clock);
        _quarantines = plan.Read.ToDictionary(file => file, file => new Quarantine(file, plan.Request.QuarantineFolder ?? Path.GetDirectoryName(file.Path)!, database.Secrets));
    }

    public Database Database { get; }

    public ImportPlan Plan { get; }

    public ImportRequest Request => Plan.Request;

    public IActivity Activity { get; }

    public TimeProvider Clock { get; }

    public ImportTally Tally { get; }

    public ImportProgress Progress { get; }

    public IReadOnlyDictionary<ImportFile, Quarantine> Quarantines => _quarantines;

    /// <summary>Of an upsert: rows that were there before; null when it is not known.</summary>
    public long? Updated { get; set; }

    /// <summary>Records that earlier runs had committed.</summary>
    public long ResumedFrom { get; set; }

    public CopyLane Lane(Session session) => new(session, CopyTarget.Of(Plan.Into, Plan.Freezes), Request, Plan.Mappings);

    public IRowLoad Load(CopyLane lane) => Request.Quarantines ? new ValidatedLoad(lane, Tally, Quarantines, Request.MaxErrors) : new RawLoad(lane, Tally);

    public ChunkFeed Feed(bool hashes) => new(Plan.Read, Request.Quarantines, hashes, Progress);

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
        Tally.Read, Tally.Loaded, Tally.Rejected, Updated, Plan.Files.Sum(file => file.Bytes), duration, Plan.Mode, Plan.Streams, Plan.Freezes, ResumedFrom);

    public void Dispose()
    {
        foreach (var quarantine in _quarantines.Values) quarantine.Dispose();
    }
}
