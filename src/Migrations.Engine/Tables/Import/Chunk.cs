namespace Migrations.Engine.Tables;

/// <summary>Whole records of one file, as they stand in its text. Its buffer goes back to where it came from.</summary>
/// <param name="Offset">Of its first byte in the text of the file.</param>
/// <param name="FirstLine">The line, from 1, of its first byte.</param>
/// <param name="HasEndMark">A record outside of quotes may be \. which servers before 18 take for the end of all data.</param>
internal sealed record Chunk(ImportFile File, byte[] Buffer, int Length, long Offset, long FirstLine, int Records, bool HasEndMark, ChunkPool Pool)
{
    private bool _returned;

    /// <summary>SHA-256 of the text up to the end of this chunk, lower-case hex; null when nobody needs it.</summary>
    public string? Hash { get; init; }

    public Foreseen Foreseen { get; init; } = Foreseen.Nothing;

    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    public long End => Offset + Length;

    public void Return()
    {
        if (_returned) return;
        _returned = true;
        Pool.Return(Buffer);
    }
}
