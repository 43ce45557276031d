namespace Migrations.Engine.Tables;

/// <summary>What would be written for one table or query.</summary>
public sealed record ExportPlan
{
    /// <summary>Role, database, host, port and version of the server.</summary>
    public required string Target { get; init; }

    /// <summary>The relation with its schema, or "query".</summary>
    public required string Source { get; init; }

    /// <summary>table, partitioned table, view, materialized view, foreign table or query.</summary>
    public required string Kind { get; init; }

    /// <summary>The file; of split files the first one.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>From the statistics, for the whole source; null where nobody knows.</summary>
    public long? EstimatedRows { get; init; }

    /// <summary>How many sessions read it.</summary>
    public int Streams { get; init; }

    /// <summary>Files of this name that would be replaced; of a split export also the parts of an earlier one, which would be deleted.</summary>
    public required IReadOnlyList<string> Replaces { get; init; }

    /// <summary>What goes to the server; of several streams each gets it for its pages.</summary>
    public required string Statement { get; init; }

    /// <summary>What the reader of the file ought to know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Set by the planner only.</summary>
    internal ExportSource Relation { get; init; } = null!;

    internal ExportFileNames Files { get; init; } = null!;

    public override string ToString() => $"{Source} to {Path}";
}
