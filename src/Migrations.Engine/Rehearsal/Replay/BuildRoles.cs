using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Lets the parts of a build belong to the roles that ran them on the target. In a sandbox of ours such a role is made a superuser and runs its part itself. On a
/// server that was given no role is touched: the runner does it, and hands over what it made.
/// </summary>
/// <param name="searchPath">The target's own, along which unqualified names are looked for.</param>
internal sealed class BuildRoles(RehearsalServer server, string searchPath)
{
    private readonly string _password = Guid.NewGuid().ToString("N");
    private string? _acting;

    /// <summary>A part of this role begins. While the runner has its rights.</summary>
    /// <returns>The way in for the one who runs the part.</returns>
    public async Task<ConnectionOptions> ActAsync(Stage stage, string role, CancellationToken cancellationToken)
    {
        var database = stage.Name;
        if (!server.IsOwn)
        {
            if (_acting is { } former && former != role && HandsOver) await stage.AskAsync(session => SendAsync(session, [HandOver(former)], cancellationToken), cancellationToken);
            _acting = role;
            if (server.Runner.CanBeRestrained) await LookAlongAsync(server.Runner.Name, searchPath.Replace("\"$user\"", Identifier.Quote(role), StringComparison.Ordinal), cancellationToken);
            return server.OptionsOf(database);
        }

        await server.EnsureRolesAsync([role], cancellationToken);
        await LookAlongAsync(role, searchPath, cancellationToken);
        if (role == server.Runner.Name) return server.OptionsOf(database);
        await server.ExecuteAsync($"alter role {Identifier.Quote(role)} superuser login password {Literal.Quote(ScramVerifier.Of(_password))}", cancellationToken);
        return server.OptionsOf(database).WithCredential(role, _password);
    }

    /// <summary>
    /// The schema, as if what the runner has made in the place of the role were that role's by now. It is handed over for good only when another role acts: text
    /// that is put together at run time is not run beside what belongs to a superuser, and the role may be one there.
    /// </summary>
    public Task<CatalogSnapshot> ReadAsync(Stage stage, CatalogReader reader, CancellationToken cancellationToken) => stage.AskAsync(async session =>
    {
        if (_acting is not { } role || !HandsOver) return await reader.ReadAsync(session, cancellationToken);
        await SendAsync(session, ["begin", HandOver(role)], cancellationToken);
        try
        {
            return await reader.ReadAsync(session, cancellationToken);
        }
        finally
        {
            if (!session.IsBroken) await SendAsync(session, ["rollback"], CancellationToken.None);
        }
    }, cancellationToken);

    /// <summary>Where the runner is the one that was given, it may own the server itself, and keeps all.</summary>
    private bool HandsOver => server.Runner.CanBeRestrained;

    private string HandOver(string role) => $"reassign owned by {Identifier.Quote(server.Runner.Name)} to {Identifier.Quote(role)}";

    private static Task<int> SendAsync(Session session, string[] statements, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }, session.Secrets);

    /// <summary>By the words of the server, which may not be valid inside of quotes as a whole.</summary>
    private Task<int> LookAlongAsync(string role, string path, CancellationToken cancellationToken) => server.ExecuteAsync(
        $"select pg_catalog.set_config('search_path', {Literal.Quote(path)}, false); alter role {Identifier.Quote(role)} set search_path from current; reset search_path", cancellationToken);
}
