using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>Compares a database with what its scripts build, for a baseline that claims they are alike.</summary>
public sealed class DriftWitness(DriftFinder finder) : IBaselineWitness
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ExamineAsync(MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var drifts = await finder.FindAsync(new DriftRequest { Run = request, Version = request.Version, AlsoApplied = true, Explains = false }, cancellationToken);
        return [.. drifts.Select(drift => drift.ToString())];
    }
}
