using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Rows that are made up.</summary>
internal sealed class GeneratedRows(int perTable) : IRowSource
{
    public Task<IReadOnlyList<PlacedRows>> PlaceAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken) =>
        new RowPlacer().PlaceAsync(session, withoutSchemas, perTable, cancellationToken);
}
