namespace Migrations.Engine.Tables;

/// <summary>Passes reads through and knows how many bytes of the file under a decompressor are read: the only honest progress of a compressed file.</summary>
internal sealed class CountingStream(Stream inner) : ReadStream(inner)
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Interlocked.Add(ref _count, read);
        return read;
    }
}
