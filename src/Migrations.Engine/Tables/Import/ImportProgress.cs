namespace Migrations.Engine.Tables;

/// <summary>How far the files are read, by their bytes on disk, and how long the rest will take at the pace so far.</summary>
internal sealed class ImportProgress(IReadOnlyList<ImportFile> files, string table, ImportTally tally, IActivity activity, TimeProvider clock)
{
    private readonly long _began = clock.GetTimestamp();
    private readonly long _total = Math.Max(1, files.Sum(file => new FileInfo(file.Path) is { Exists: true } found ? found.Length : 0));
    private long _before;

    public void At(ImportFile file, long position)
    {
        var done = Math.Min(_total, _before + position);
        var elapsed = clock.GetElapsedTime(_began);
        var left = done > 0 && elapsed > TimeSpan.FromSeconds(1) ? elapsed * ((double)(_total - done) / done) : (TimeSpan?)null;
        var rate = elapsed.TotalSeconds > 0 ? done / elapsed.TotalSeconds / 1_000_000 : 0;
        activity.Progress(new ActivityProgress(0, $"Importing into {table}",
            $"{file.Name}: {tally.Read:N0} rows{(tally.Rejected > 0 ? $", {tally.Rejected:N0} set aside" : "")}, {rate:0.0} MB/s", (int)(100 * done / _total), left));
    }

    public void Done(ImportFile file) => _before += new FileInfo(file.Path) is { Exists: true } found ? found.Length : 0;

    /// <summary>All are read; of an upsert so many rows are in the table.</summary>
    public void Merging(long done, long rows) => activity.Progress(new ActivityProgress(0, $"Importing into {table}", $"merging: {done:N0} of {rows:N0} rows", (int)(100 * done / Math.Max(1, rows))));

    public void End() => activity.Progress(new ActivityProgress(0, $"Importing into {table}", "", Completed: true));
}
