namespace Migrations.Engine.Sandbox;

/// <summary>
/// A file that a process holds exclusively while it lives. The kernel lets go of it even at kill -9, so whoever can take
/// it over knows that the owner is dead; a process id could have been given to a stranger meanwhile.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    /// <summary>
    /// What says "held by another" or "exists already": EAGAIN of Linux and of macOS, EEXIST, and the sharing violation and
    /// file-exists of Windows. Anything else (a full disk, missing rights) is an error, and waiting would not help.
    /// </summary>
    private static readonly int[] s_taken = [11, 35, 17, unchecked((int)0x80070020), unchecked((int)0x80070050)];

    private readonly FileStream _stream;

    private OwnerLock(FileStream stream) => _stream = stream;

    /// <summary>Makes the file and holds it; null when somebody else was at it first.</summary>
    public static OwnerLock? TryCreate(string path)
    {
        var created = TryOpen(path, FileMode.CreateNew);
        if (created is null) return null;

        // A sweeper that opened the file between its creation and our lock may have removed it again.
        if (File.Exists(path)) return created;
        created.Dispose();
        return null;
    }

    /// <summary>Takes over what a dead owner left; null when the owner lives or the file is gone.</summary>
    public static OwnerLock? TryTakeOver(string path) => TryOpen(path, FileMode.Open);

    /// <summary>Waits for the file's turn (several processes that build the same thing).</summary>
    public static async Task<OwnerLock> WaitAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryOpen(path, FileMode.OpenOrCreate) is { } held) return held;
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>Removes the file while it is still held, so that nobody else finds it free.</summary>
    public void Remove()
    {
        // Windows cannot remove an open file.
        if (OperatingSystem.IsWindows()) _stream.Dispose();
        try
        {
            File.Delete(_stream.Name);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleared the cache; that is as good.
        }

        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private static OwnerLock? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new OwnerLock(new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e is FileNotFoundException || s_taken.Contains(e.HResult))
        {
            return null;
        }
    }
}
