using Migrations.Engine.Connection;

namespace Migrations.Engine.Catalog;

/// <summary>Reads the schema of a database with what is to be known of its server.</summary>
public sealed class CatalogFileSource(Database database)
{
    /// <exception cref="EngineException">Those of a connection; ServerException when the server refused.</exception>
    public Task<CatalogFile> ReadAsync(CatalogSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return database.ReadAsync(async session => new CatalogFile(
            session.Server.Database, session.Server.Version.Split(' ')[0], [.. selection.ExcludedSchemas.Distinct(StringComparer.Ordinal)],
            await new CatalogReader(selection).ReadAsync(session, cancellationToken)), cancellationToken);
    }
}
