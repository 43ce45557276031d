namespace Migrations.Engine.Audit;

/// <summary>The last line of an exported chain.</summary>
internal sealed record AuditFileEnd(bool End, long Entries);
