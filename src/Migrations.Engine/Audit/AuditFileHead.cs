namespace Migrations.Engine.Audit;

/// <summary>The first line of an exported chain.</summary>
/// <param name="ExportedAt">By the server's clock, in UTC.</param>
internal sealed record AuditFileHead(string Format, Guid? ChainId, string? Genesis, string Database, string HistorySchema, long Seq, string Hash, DateTime ExportedAt);
