using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Catalog;

/// <summary>Reads the schema of a database in which others may be at work, with what is to be known of its server.</summary>
public sealed class CatalogFileSource(Database database)
{
    /// <summary>How often it is read when somebody drops objects meanwhile, or holds one that is waited for.</summary>
    private const int Attempts = 60;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <exception cref="EngineException">Those of a connection; ServerException when the server refused.</exception>
    public async Task<CatalogFile> ReadAsync(CatalogSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await database.ReadAsync(session => ReadAsync(session, selection, cancellationToken), cancellationToken);
            }
            catch (EngineException failure) when (attempt < Attempts && (failure.SqlState == PostgresErrorCodes.LockNotAvailable || IsOfDroppedObject(failure.SqlState)))
            {
                // The next attempt finds it gone, or free. In another session: the driver gives one up after an internal error.
                if (failure.SqlState == PostgresErrorCodes.LockNotAvailable) await Task.Delay(s_pause, cancellationToken);
            }
        }
    }

    private static async Task<CatalogFile> ReadAsync(Session session, CatalogSelection selection, CancellationToken cancellationToken)
    {
        return new CatalogFile(
            session.Server.Database, session.Server.Version.Split(' ')[0], [.. selection.ExcludedSchemas.Distinct(StringComparer.Ordinal)],
            await new CatalogReader(selection) { GivesWay = true }.ReadAsync(session, cancellationToken));
    }

    /// <summary>
    /// A query sees the catalogs as they were when it began, and the functions that write definitions see them as they are: an object dropped in
    /// between is a "cache lookup failed" or a name that is not there.
    /// </summary>
    private static bool IsOfDroppedObject(string? sqlState) => sqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.UndefinedTable
        or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.UndefinedFunction;
}
