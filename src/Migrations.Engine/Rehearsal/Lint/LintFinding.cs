namespace Migrations.Engine.Rehearsal;

/// <summary>Something that a rule has to say of one script.</summary>
public sealed record LintFinding
{
    /// <summary>Stable: <c>PGM019</c>.</summary>
    public required string Rule { get; init; }

    public required FindingLevel Level { get; init; }

    /// <summary>What was seen and why it matters, in one or two sentences, with live size where it is known.</summary>
    public required string Message { get; init; }

    /// <summary>The safe way to the same end, in SQL where there is one.</summary>
    public required string Rewrite { get; init; }

    public required LintSource Source { get; init; }

    /// <summary>The relation it is about; null when it is about none.</summary>
    public string? Relation { get; init; }

    /// <summary>Number of the statement, from 1; null: the script as a whole.</summary>
    public int? Statement { get; init; }

    public string? Path { get; init; }

    public int? Line { get; init; }

    /// <summary>Why the author accepts it (<c>-- allow:</c>); null when nobody does.</summary>
    public string? AllowedBecause { get; init; }
}
