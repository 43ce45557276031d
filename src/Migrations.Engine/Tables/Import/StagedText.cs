using System.Security.Cryptography;

namespace Migrations.Engine.Tables;

/// <summary>Which records went into the staging table of an upsert, and in what order: one that the table itself refuses is found again in its file.</summary>
internal sealed class StagedText
{
    private readonly List<StagedChunk> _chunks = [];

    public void Add(Chunk chunk) =>
        _chunks.Add(new StagedChunk(chunk.File, chunk.Offset, chunk.Length, chunk.FirstLine, chunk.Records, SHA256.HashData(chunk.Bytes.Span), new GrowingOffsets()));

    /// <param name="start">Where the record that was set aside begins in the chunk that was added last.</param>
    public void Leave(int start) => _chunks[^1].Aside.Add(start);

    /// <summary>Rows that must be in the staging table.</summary>
    public long Staged => _chunks.Sum(chunk => (long)chunk.Staged);

    public StagedReader Open(StagedSource source) => new(_chunks, source);
}
