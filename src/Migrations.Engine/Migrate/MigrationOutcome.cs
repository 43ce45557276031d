namespace Migrations.Engine.Migrate;

public enum MigrationOutcome
{
    Succeeded,
    Failed,

    /// <summary>Another run did it while this one waited for the run lock.</summary>
    AlreadyApplied,
}
