namespace Migrations.Engine.Tables;

/// <summary>One COPY. The pieces of a source, one behind the other, are its text without the header.</summary>
/// <param name="Source">Which of the plans it belongs to.</param>
internal sealed record CopyPiece(int Source, string Sql);
