namespace Migrations.Engine.Tables;

/// <summary>Holds what was read against what the server says it has inserted, and knows what remains when something fails.</summary>
/// <param name="isCounted">False where a person has said that triggers add or take rows.</param>
internal sealed class ImportTally(IReadOnlyList<ImportFile> files, bool isCounted, string table)
{
    private readonly Dictionary<ImportFile, FileTally> _files = files.ToDictionary(file => file, _ => new FileTally());

    /// <summary>What of the import stands in the table when it ends now; the first sentence of every way out.</summary>
    public string Kept { get; set; } = "Nothing was loaded.";

    /// <summary>Whose way out is another one: it has no parameters.</summary>
    public bool IsOfScript { get; init; }

    public FileTally this[ImportFile file] => _files[file];

    public long Read => _files.Values.Sum(file => file.Read);

    public long Loaded => _files.Values.Sum(file => file.Loaded);

    public long Rejected => _files.Values.Sum(file => file.Rejected);

    public void Sent(Chunk chunk) => _files[chunk.File].AddRead(chunk.Records, chunk.Length);

    /// <summary>An earlier run has done so much of it.</summary>
    public void Resume(ImportFile file, long read, long loaded)
    {
        _files[file].AddRead(read, 0);
        _files[file].AddLoaded(loaded);
        for (var rejected = loaded; rejected < read; rejected++) _files[file].AddRejected();
    }

    /// <exception cref="EngineException">ImportCountDiffers.</exception>
    public void AddLoaded(ImportFile file, long sent, long inserted)
    {
        _files[file].AddLoaded(isCounted ? inserted : sent);
        if (!isCounted || sent == inserted) return;
        throw new EngineException("ImportCountDiffers", FailureKind.Data,
            $"{file.Path}: {sent} records were sent, and the server has inserted {inserted} rows into {table}. {Kept}",
            "A trigger of the table takes rows away or adds some, or track_counts is off. If that is meant, say -SkipRowCount.", file.Path);
    }

    /// <summary>Every record is a row or was set aside; anything else is an error, never a remark.</summary>
    /// <exception cref="EngineException">ImportCountDiffers.</exception>
    public void Reconcile()
    {
        foreach (var (file, tally) in _files)
        {
            if (tally.Read == tally.Loaded + tally.Rejected) continue;
            throw new EngineException("ImportCountDiffers", FailureKind.Data,
                $"{file.Path}: {tally.Read} records were read, {tally.Loaded} rows are loaded and {tally.Rejected} set aside: that does not add up. {Kept}",
                "This is a defect of Migrations; please report it with the first lines of the file.", file.Path);
        }
    }
}
