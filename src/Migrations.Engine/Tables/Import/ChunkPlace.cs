namespace Migrations.Engine.Tables;

/// <summary>What is remembered of a chunk that was sent: enough to find a line of the server's in the file again.</summary>
internal sealed record ChunkPlace(ImportFile File, long Offset, int Length, long FirstLine, int Records, long ServerLines, RecordProjection? Projection)
{
    public static ChunkPlace Of(Chunk chunk, long serverLines, RecordProjection? projection) =>
        new(chunk.File, chunk.Offset, chunk.Length, chunk.FirstLine, chunk.Records, serverLines, projection);

    /// <summary>The physical line of what the server calls a line of one COPY: the chunks of that COPY, in order, behind our header line.</summary>
    /// <returns>Null when the file cannot be read again, or has no such line.</returns>
    public static long? LineOf(IEnumerable<ChunkPlace> sent, long serverLine)
    {
        var before = 1L;
        ChunkPlace? last = null;
        foreach (var place in sent)
        {
            last = place;
            if (serverLine <= before + place.ServerLines) return place.LineOf(serverLine - before + 1);
            before += place.ServerLines;
        }

        // A quote that is never closed takes the line behind the last one with it.
        return serverLine == before + 1 ? last?.LineOf(last.ServerLines + 2) : null;
    }

    /// <summary>The file is read again: this is asked once, and remembering every record would cost memory all the time.</summary>
    private long? LineOf(long serverLine)
    {
        try
        {
            using var text = ImportText.Open(File.Path, File.Encoding);
            var pool = new ChunkPool(1024 * 1024);
            var skipped = pool.Rent();
            for (var left = Offset; left > 0;)
            {
                var read = text.Fill(skipped.AsSpan(0, (int)Math.Min(left, skipped.Length)), File.Path);
                if (read == 0) return null;
                left -= read;
            }

            var bytes = new byte[Length];
            if (text.Fill(bytes, File.Path) < Length) return null;
            var index = new RecordIndex(bytes, File.Dialect, FirstLine, Projection);
            return index.At(serverLine, 0, index.Count) is var record and >= 0 ? index.LineOf(record) : null;
        }
        catch (EngineException)
        {
            return null;
        }
    }
}
