using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Where the rows come from that stand in the tables when a script is tried.</summary>
internal interface IRowSource
{
    /// <summary>Puts rows into the tables of a throw-away database.</summary>
    Task<IReadOnlyList<PlacedRows>> PlaceAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken);
}
