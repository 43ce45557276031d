using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>How a rehearsal is done.</summary>
public sealed record RehearsalRequest
{
    /// <summary>What the run on the target would be asked.</summary>
    public required MigrationRequest Run { get; init; }

    /// <summary>A superuser's connection to a server that may be thrown away; null starts a sandbox.</summary>
    public ConnectionOptions? Sandbox { get; init; }

    /// <summary>Where the schema that the pending scripts find comes from.</summary>
    public SchemaSource From { get; init; } = SchemaSource.Scripts;

    /// <summary>Rows that are placed in each table before a script is tried.</summary>
    public int RowsPerTable { get; init; } = 24;

    /// <summary>Where masked rows are copied from, usually the target; null makes them up.</summary>
    public ConnectionOptions? SampleFrom { get; init; }

    /// <summary>Longest for one script with all its proofs; what takes longer is stopped and Unproven.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest for one question to the target.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
