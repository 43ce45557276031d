namespace Migrations.Engine.Rehearsal;

/// <summary>Values of a type, as text, that rows are made of; no two are alike.</summary>
/// <param name="Common">The telling ones first: empty, Unicode; then enough others for a unique key.</param>
/// <param name="Bounds">The largest and smallest.</param>
internal sealed record ValuePool(IReadOnlyList<string> Common, IReadOnlyList<string> Bounds)
{
    private const int Head = 10;

    public static ValuePool Empty { get; } = new([], []);

    /// <summary>So that twenty rows meet all that is special.</summary>
    public string[] Values => [.. Common.Take(Head).Concat(Bounds).Concat(Common.Skip(Head)).Distinct(StringComparer.Ordinal)];

    public ValuePool Within(RowRange range) => range == RowRange.Bounds ? this : this with { Bounds = [] };

    public ValuePool Before(IEnumerable<string> first) => this with { Common = [.. first.Concat(Common).Distinct(StringComparer.Ordinal)] };
}
