using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>One script that is, or would be, taken over without being run.</summary>
public sealed record MigrationBaseline
{
    /// <summary>As the file spells it; empty for a repeatable and for what has no file here.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>versioned, repeatable, or imported: on record, and without a file of this project.</summary>
    public required string Kind { get; init; }

    public required BaselineOutcome Outcome { get; init; }

    /// <summary>The tool that ran it; null for a baseline.</summary>
    public string? Tool { get; init; }

    public string? OriginalId { get; init; }

    /// <inheritdoc cref="TakenOver.OriginalTime"/>
    public string? OriginalTime { get; init; }

    public string? OriginalAuthor { get; init; }

    /// <inheritdoc cref="TakenOver.Content"/>
    public string? Content { get; init; }

    public string? Reason { get; init; }

    /// <inheritdoc cref="TakenOver.Verified"/>
    public bool? Verified { get; init; }

    /// <summary>The file of the project; null when there is none.</summary>
    public string? Path { get; init; }

    /// <summary>Null in a plan.</summary>
    public Guid? RunId { get; init; }

    public Guid? AttemptId { get; init; }

    public required RunTarget Target { get; init; }
}
