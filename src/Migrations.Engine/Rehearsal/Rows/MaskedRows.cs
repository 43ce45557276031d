namespace Migrations.Engine.Rehearsal;

/// <summary>What a sample gives one table.</summary>
/// <param name="Values">By column, one value for each row.</param>
/// <param name="Reason">Why there is no sample; null when there is one.</param>
internal sealed record MaskedRows(IReadOnlyDictionary<string, string?[]> Values, int Count, string? Reason);
