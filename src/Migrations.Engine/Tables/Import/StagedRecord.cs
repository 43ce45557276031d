namespace Migrations.Engine.Tables;

/// <summary>A record in a staging table, as it stands in its file.</summary>
/// <param name="Line">The physical line, from 1, on which it begins.</param>
internal sealed record StagedRecord(ImportFile File, ReadOnlyMemory<byte> Bytes, long Line);
