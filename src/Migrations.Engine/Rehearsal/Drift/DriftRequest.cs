using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>What a comparison with the scripts should do.</summary>
public sealed record DriftRequest
{
    /// <summary>Its history schema, and what a run would use.</summary>
    public MigrationRequest Run { get; init; } = new();

    /// <summary>All scripts up to this version should have built the database; null: those that its history calls applied.</summary>
    public string? Version { get; init; }

    /// <summary>With a version: those that the history calls applied should be there too, also above it.</summary>
    public bool AlsoApplied { get; init; }

    /// <summary>Besides the history schema.</summary>
    public IReadOnlyList<string> ExcludedSchemas { get; init; } = [];

    /// <summary>A superuser's connection to a server that may be thrown away, on which the scripts are built; null starts a sandbox.</summary>
    public ConnectionOptions? Sandbox { get; init; }

    /// <summary>Also find the version since which each object differs, which takes a second build.</summary>
    public bool Explains { get; init; } = true;
}
