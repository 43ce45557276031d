namespace Migrations.Engine.Tables;

/// <summary>What became of the records of one file so far.</summary>
internal sealed class FileTally
{
    private long _read;
    private long _loaded;
    private long _rejected;
    private long _bytes;

    /// <summary>Records sent, and those that were set aside.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>By the server's count.</summary>
    public long Loaded => Interlocked.Read(ref _loaded);

    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Of the text.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void AddRead(long records, long bytes)
    {
        Interlocked.Add(ref _read, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void AddLoaded(long rows) => Interlocked.Add(ref _loaded, rows);

    public void AddRejected() => Interlocked.Increment(ref _rejected);

    /// <summary>A row that was taken on its way is set aside after all.</summary>
    public void TakeBack()
    {
        AddLoaded(-1);
        AddRejected();
    }
}
