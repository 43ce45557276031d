using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>Compares a database with what its scripts build, for a baseline that claims they are alike.</summary>
/// <param name="sandbox">A superuser's connection to a server that may be thrown away, on which the scripts are built; null starts a sandbox.</param>
public sealed class DriftWitness(DriftFinder finder, ConnectionOptions? sandbox = null) : IBaselineWitness
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ExamineAsync(MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var drifts = await finder.FindAsync(new DriftRequest { Run = request, Version = request.Version, AlsoApplied = true, Sandbox = sandbox, Explains = false }, cancellationToken);
        return [.. drifts.Select(drift => drift.ToString())];
    }
}
