using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Records of one file that commit together with their account.</summary>
internal sealed class Batch
{
    private static readonly string[] s_commit = ["commit"];

    private readonly ImportRun _run;
    private readonly CopyLane _table;
    private readonly UpsertStaging? _staging;
    private readonly IRowLoad _load;
    private readonly long _from;
    private readonly (long Read, long Loaded) _before;
    private Chunk? _last;

    private Batch(ImportRun run, CopyLane table, UpsertStaging? staging, ImportFile file, long from)
    {
        (_run, _table, _staging, File, _from) = (run, table, staging, file, from);
        _load = run.Load(table, staging);
        _before = (run.Tally[file].Read, run.Tally[file].Loaded);
    }

    public ImportFile File { get; }

    public long Bytes => (_last?.End ?? _from) - _from;

    public static async Task<Batch> BeginAsync(ImportRun run, Session session, ImportFile file, long from, bool isFirst, CancellationToken cancellationToken)
    {
        var table = run.Lane(session);
        await table.BeginAsync(cancellationToken);
        if (isFirst && run.Request.Mode == ImportMode.Truncate) await Truncation.RunAsync(table, run, cancellationToken);
        var staging = run.Request.Mode == ImportMode.Upsert ? await UpsertStaging.CreateAsync(table, run, cancellationToken) : null;
        var batch = new Batch(run, table, staging, file, from);
        await batch._load.BeginAsync(cancellationToken);
        return batch;
    }

    public async Task LoadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            await _load.LoadAsync(chunk, cancellationToken);
        }
        catch
        {
            await _load.CancelAsync();
            throw;
        }

        _last = chunk;
    }

    public async Task CommitAsync(ImportAccount account, bool isLast, CancellationToken cancellationToken)
    {
        await _load.EndAsync(cancellationToken);
        if (_staging is not null) await _staging.MergeAsync(cancellationToken);
        _run.Tally.Reconcile();
        if (isLast) _run.Request.MaxErrors.CheckAtEnd(_run.Tally);
        await _run.CheckConstraintsAsync(_table, cancellationToken);
        if (isLast) await AfterImport.AdvanceSequencesAsync(_table, _run, cancellationToken);
        var tally = _run.Tally[File];
        // On disk first: rows that are neither loaded nor set aside would be lost.
        _run.Quarantines[File].Flush();
        await _table.WriteAsync(account.Part(_run.Plan.Read.ToList().IndexOf(File), [new ByteRange(_from, _last!.End)], _last.Hash!, _last.End, tally.Read - _before.Read, tally.Loaded - _before.Loaded, _run.Quarantines[File].Lengths), cancellationToken);
        await _table.ExecuteAsync(s_commit, cancellationToken);
        _run.Tally.Kept = $"{_run.Tally.Read:N0} records are committed; import the same files again to go on behind them.";
    }
}
