namespace Benchmarks.Tables;

/// <summary>A way to move the <see cref="EventTable"/> between the server and a file.</summary>
internal interface ITableContender
{
    string Name { get; }

    /// <summary>What is timed, in a few words.</summary>
    string Timed { get; }

    /// <summary>How fast it has to be, as a share of psql's speed; null for one that promises nothing.</summary>
    double? Bound { get; }

    /// <summary>Null: not installed.</summary>
    Task<string?> FindVersionAsync(CancellationToken ct);

    /// <summary>Moves all rows; this is timed. Throws when it fails.</summary>
    Task RunAsync(EventTable table, string folder, CancellationToken ct);

    /// <summary>Looks whether all arrived, and takes it away again; not timed.</summary>
    Task CheckAsync(EventTable table, string folder, CancellationToken ct);
}
