namespace Migrations.Engine.Scripts;

/// <summary>A file that a <c>\copy</c> reads, as written, and where.</summary>
internal sealed record DataReference(string Written, SourcePosition Position);
