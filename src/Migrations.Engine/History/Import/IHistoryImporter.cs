using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>Reads the history that another tool keeps. It only reads, inside a read-only transaction of its caller.</summary>
internal interface IHistoryImporter
{
    HistoryTool Tool { get; }

    /// <summary>What its table is called unless somebody chose otherwise; lower case.</summary>
    IReadOnlyList<string> UsualNames { get; }

    /// <summary>The columns that its table must have; lower case.</summary>
    IReadOnlyList<string> NeededColumns { get; }

    /// <summary>Whether the shape is this tool's and not a similar one's.</summary>
    bool Recognizes(ForeignTable table) => NeededColumns.All(table.Has);

    /// <summary>What counts as applied, in the order in which the tool applied it, and what failed.</summary>
    Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken);
}
