using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>A server on which a schema may be built to look at it: everything there is thrown away.</summary>
public interface IBuildServer : IAsyncDisposable
{
    int Major { get; }

    /// <summary>Makes the roles that are not there, NOLOGIN and without a right, so that owners and grants can name them.</summary>
    Task EnsureRolesAsync(IEnumerable<string> names, CancellationToken cancellationToken);

    /// <summary>A database that holds nothing; one of this name that was there before is dropped.</summary>
    Task CreateDatabaseAsync(string name, CancellationToken cancellationToken);

    /// <summary>The way into a database as a superuser of this name, who looks for unqualified names along this search_path.</summary>
    Task<ConnectionOptions> ConnectionAsync(string database, string role, string searchPath, CancellationToken cancellationToken);
}
