using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Migrations.Engine.Tables;

/// <summary>
/// A file that bears its name only when it is whole: it grows as NAME.partial, goes to the disk, and is renamed then. What is not
/// published is deleted.
/// </summary>
internal sealed class PartialFile : Stream
{
    /// <summary>So much is written at most before the disk begins to take it: the wait at the end stays short, and the page cache free for others.</summary>
    private const long FlushEvery = 32 * 1024 * 1024;

    private readonly IncrementalHash? _hash;
    private SafeFileHandle? _handle;
    private Task _flushing = Task.CompletedTask;
    private long _flushed;
    private long _written;

    /// <exception cref="EngineException">ExportFileNotWritable, ExportPathIsFolder.</exception>
    public PartialFile(string path, bool hashes)
    {
        FinalPath = path;
        // Now, and not when all of it is written and others have their names already.
        if (Directory.Exists(path)) throw ExportFault.Folder(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            // Create and not CreateNew: what a killed export has left is in nobody's way. Two at once are kept apart by the share.
            _handle = File.OpenHandle(Draft, FileMode.Create, FileAccess.Write, FileShare.None);
        }
        catch (Exception failure) when (ExportFault.IsOfFiles(failure))
        {
            throw ExportFault.Of(path, failure);
        }

        _hash = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    public string FinalPath { get; }

    public string? Sha256 { get; private set; }

    public override long Length => _written;

    public override bool CanWrite => true;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override long Position { get => _written; set => throw new NotSupportedException(); }

    private string Draft => FinalPath + ".partial";

    /// <exception cref="EngineException">ExportDiskFull, ExportFileNotWritable.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => Guarded(buffer, static (file, bytes) =>
    {
        RandomAccess.Write(file._handle!, bytes, file._written);
        file._written += bytes.Length;
        file._hash?.AppendData(bytes);
        if (file._written - file._flushed < FlushEvery || !file._flushing.IsCompleted) return;
        file._flushing.GetAwaiter().GetResult();
        file._flushed = file._written;
        var handle = file._handle!;
        file._flushing = Task.Run(() => RandomAccess.FlushToDisk(handle));
    });

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>To the disk, and closed; the name is still the partial one.</summary>
    /// <exception cref="EngineException">ExportDiskFull, ExportFileNotWritable.</exception>
    public void Complete() => Guarded([], static (file, _) =>
    {
        file._flushing.GetAwaiter().GetResult();
        RandomAccess.FlushToDisk(file._handle!);
        file._handle!.Dispose();
        file._handle = null;
        file.Sha256 = file._hash is null ? null : Convert.ToHexStringLower(file._hash.GetHashAndReset());
    });

    /// <exception cref="EngineException">ExportFileExists, ExportPathIsFolder.</exception>
    public void CheckTarget(bool overwrite)
    {
        if (!overwrite && File.Exists(FinalPath)) throw ExportFault.Exists(FinalPath);
        if (Directory.Exists(FinalPath)) throw ExportFault.Folder(FinalPath);
    }

    /// <exception cref="EngineException">ExportFileExists, ExportPathIsFolder, ExportFileNotWritable.</exception>
    public void Publish(bool overwrite)
    {
        CheckTarget(overwrite);
        Guarded([], (file, _) => File.Move(file.Draft, file.FinalPath, overwrite));
    }

    /// <summary>Never throws: the caller is busy with the reason.</summary>
    public void Discard()
    {
        try
        {
            _flushing.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            _handle?.Dispose();
            _handle = null;
            File.Delete(Draft);
        }
        catch (Exception failure) when (ExportFault.IsOfFiles(failure))
        {
        }
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // A compressor closes what it writes to; the file is closed by Complete or Discard.
        base.Dispose(disposing);
    }

    private void Guarded(ReadOnlySpan<byte> bytes, FileAct act)
    {
        try
        {
            act(this, bytes);
        }
        catch (Exception failure) when (ExportFault.IsOfFiles(failure))
        {
            throw ExportFault.Of(FinalPath, failure);
        }
    }

    private delegate void FileAct(PartialFile file, ReadOnlySpan<byte> bytes);
}
