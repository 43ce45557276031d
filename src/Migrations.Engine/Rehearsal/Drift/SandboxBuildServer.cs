using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Rehearsal;

/// <summary>A sandbox of its own, which ends with it.</summary>
internal sealed class SandboxBuildServer : IBuildServer
{
    private readonly SandboxServer _server;
    private readonly Database _maintenance;
    private readonly string _password = Guid.NewGuid().ToString("N");

    private SandboxBuildServer(SandboxServer server)
    {
        _server = server;
        // template1: the database that is asked for may be called postgres.
        _maintenance = new Database(server.Connection.WithDatabase("template1"), new SilentActivity());
    }

    private readonly HashSet<string> _ensured = new(StringComparer.Ordinal);

    public int Major => _server.Major;

    /// <param name="major">Null: the first server found.</param>
    /// <exception cref="EngineException">Those of <see cref="SandboxServer.StartAsync"/>.</exception>
    public static async Task<IBuildServer> StartAsync(int? major, IActivity activity, TimeProvider clock, CancellationToken cancellationToken) =>
        new SandboxBuildServer(await SandboxServer.StartAsync(new SandboxOptions { Version = major, Clock = clock }, activity, cancellationToken));

    public async Task EnsureRolesAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        await using var session = await _maintenance.OpenAsync(cancellationToken);
        var known = (await session.Connection.QueryAsync<string>(new CommandDefinition("select rolname::text from pg_catalog.pg_roles", cancellationToken: cancellationToken))).ToHashSet();
        var missing = names.Where(name => !name.StartsWith("pg_", StringComparison.Ordinal) && known.Add(name)).Select(name => $"create role {Identifier.Quote(name)} nologin;").ToList();
        if (missing.Count > 0) await ExecuteAsync(session, string.Concat(missing), cancellationToken);
        _ensured.UnionWith(known);
    }

    public async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var session = await _maintenance.OpenAsync(cancellationToken);
        await ExecuteAsync(session, $"drop database if exists {Identifier.Quote(name)} with (force)", cancellationToken);
        // What scripts made in an earlier build they will make again.
        var left = (await session.Connection.QueryAsync<string>(new CommandDefinition(
            "select rolname::text from pg_catalog.pg_roles where rolname <> all (@kept) and rolname !~ '^pg_'", new { kept = _ensured.Append(SandboxServer.UserName).ToArray() }, cancellationToken: cancellationToken))).AsList();
        foreach (var role in left) await ExecuteAsync(session, $"drop role {Identifier.Quote(role)}", cancellationToken);
        await ExecuteAsync(session, $"create database {Identifier.Quote(name)} template template0", cancellationToken);
    }

    public async Task<ConnectionOptions> ConnectionAsync(string database, string role, string searchPath, CancellationToken cancellationToken)
    {
        await EnsureRolesAsync([role], cancellationToken);
        await using var session = await _maintenance.OpenAsync(cancellationToken);
        // The sandbox's own superuser keeps its password.
        if (role != SandboxServer.UserName) await ExecuteAsync(session, $"alter role {Identifier.Quote(role)} superuser login password {Literal.Quote(_password)}", cancellationToken);
        await ExecuteAsync(session, $"select pg_catalog.set_config('search_path', {Literal.Quote(searchPath)}, false)", cancellationToken);
        await ExecuteAsync(session, $"alter role {Identifier.Quote(role)} set search_path from current", cancellationToken);
        var options = _server.Connection.WithDatabase(database);
        return role == SandboxServer.UserName ? options : options.WithCredential(role, _password);
    }

    public async ValueTask DisposeAsync()
    {
        await _maintenance.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static Task<int> ExecuteAsync(Session session, string sql, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken)), session.Secrets);
}
