namespace Migrations.Engine.Migrate;

/// <summary>Looks whether a database holds what its scripts build, before a baseline says so. A room above implements it.</summary>
public interface IBaselineWitness
{
    /// <summary>Changes nothing in the database.</summary>
    /// <param name="request">Its version is the last one that should be in the database.</param>
    /// <returns>What differs, an object a line, in words for a person; none when all is as the scripts build it.</returns>
    /// <exception cref="EngineException">It could not look.</exception>
    Task<IReadOnlyList<string>> ExamineAsync(MigrationRequest request, CancellationToken cancellationToken);
}
