namespace Migrations.Engine.Migrate;

/// <summary>A script that stands for others.</summary>
public sealed record CheckpointScript
{
    public required string Version { get; init; }

    public required string Name { get; init; }

    /// <summary>To the project, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>The names of the scripts that it stands for, in order.</summary>
    public required IReadOnlyList<string> Replaces { get; init; }

    /// <summary>Where their files are from now on, to the project.</summary>
    public required string MovedTo { get; init; }

    /// <summary>The PostgreSQL on which both were built and compared.</summary>
    public required string VerifiedOn { get; init; }

    /// <summary>Lines of the text of both builds that were compared.</summary>
    public required int ComparedLines { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];
}
