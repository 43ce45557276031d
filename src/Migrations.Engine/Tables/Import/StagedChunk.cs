namespace Migrations.Engine.Tables;

/// <summary>Where a chunk whose records are in the staging table stands in its file.</summary>
/// <param name="Hash">SHA-256 of its bytes: the same place must still hold the same text when a record of it is looked up.</param>
/// <param name="Aside">Where in the chunk the records begin that were set aside, and are not staged.</param>
internal sealed record StagedChunk(ImportFile File, long Offset, int Length, long FirstLine, int Records, byte[] Hash, GrowingOffsets Aside)
{
    public int Staged => Records - Aside.Count;
}
