namespace Migrations.Engine.Audit;

/// <summary>Which acts to show; what is null or empty selects nothing away.</summary>
/// <param name="Acts">Names, with * for any text.</param>
/// <param name="Last">Only so many, the newest.</param>
public sealed record AuditSelection(IReadOnlyList<string> Acts, DateTimeOffset? From, DateTimeOffset? To, string? Version, Guid? RunId, int? Last);
