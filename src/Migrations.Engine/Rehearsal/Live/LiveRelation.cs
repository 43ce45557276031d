namespace Migrations.Engine.Rehearsal;

/// <summary>How big a relation of the target is, by its statistics.</summary>
/// <param name="Relation">Full name, quoted where it must be.</param>
/// <param name="Rows">Estimate of the last ANALYZE or VACUUM, or of the statistics; null when nobody has counted.</param>
/// <param name="Bytes">Of its own file, without indexes.</param>
/// <param name="TotalBytes">With indexes and TOAST.</param>
public sealed record LiveRelation(string Relation, long? Rows, long Bytes, long TotalBytes)
{
    /// <summary>
    /// False: somebody held the relation, so its file could not be measured, and the sizes are those that the last VACUUM or ANALYZE wrote down;
    /// zero when none has.
    /// </summary>
    public bool IsMeasured { get; init; } = true;
}
