using System.Globalization;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Who runs the scripts and owns what they make: a role of its own beside the one that makes databases, a superuser that can cease to be one. Text
/// that is put together at run time is only run without those rights: it cannot begin a program, reach a file, or become a superuser again.
/// </summary>
internal sealed class RunnerRole
{
    private const string GivenName = "migrations_rehearsal";
    private const string BootstrapName = "migrations_bootstrap";

    /// <summary>Leftovers of rehearsals that were killed, and rehearsals that run now.</summary>
    private const int MostOfAName = 1000;

    private readonly int _major;
    private readonly bool _serverIsOwn;

    private RunnerRole(string name, ConnectionOptions options, bool canBeRestrained, int major, bool serverIsOwn)
    {
        (Name, Options, CanBeRestrained, _major, _serverIsOwn) = (name, options, canBeRestrained, major, serverIsOwn);
    }

    public string Name { get; }

    /// <summary>To any database of the server.</summary>
    public ConnectionOptions Options { get; }

    /// <summary>False when the given server lets no role in but the one that was given.</summary>
    public bool CanBeRestrained { get; }

    public bool IsRestrained { get; private set; }

    /// <summary>
    /// In a sandbox of ours it takes the name of the first superuser, which PostgreSQL lets nobody demote: what a dump gives to postgres is the
    /// runner's then, and can be worked with without a superuser's rights.
    /// </summary>
    /// <returns>The runner, and the way in for the first superuser under its new name.</returns>
    public static async Task<(RunnerRole Runner, ConnectionOptions Admin)> InOwnAsync(ConnectionOptions sandbox, int major, CancellationToken cancellationToken)
    {
        var password = NewPassword();
        var runner = sandbox.WithCredential(GivenName, password);
        await ExecuteAsync(sandbox, Creation(GivenName, password), cancellationToken);
        await ExecuteAsync(runner, $"alter role {Identifier.Quote(SandboxServer.UserName)} rename to {BootstrapName}", cancellationToken);
        var admin = sandbox.WithCredential(BootstrapName, sandbox.Password!);
        await ExecuteAsync(admin, $"alter role {GivenName} rename to {Identifier.Quote(SandboxServer.UserName)}", cancellationToken);
        return (new RunnerRole(SandboxServer.UserName, sandbox.WithCredential(SandboxServer.UserName, password), true, major, true), admin);
    }

    /// <summary>On a server that was given: a role beside the others, gone with the rehearsal. Where it may not log in, the given one runs the scripts.</summary>
    public static async Task<RunnerRole> OnGivenAsync(ConnectionOptions given, Session admin, CancellationToken cancellationToken)
    {
        var password = NewPassword();
        var name = await NewNameAsync(admin, password, cancellationToken);
        var options = given.WithCredential(name, password);
        try
        {
            await ExecuteAsync(options, "select 1", cancellationToken);
            return new RunnerRole(name, options, true, admin.Server.Major, false);
        }
        catch (EngineException)
        {
            await ExecuteAsync(admin, $"drop owned by {name}; drop role {name}", CancellationToken.None);
            return new RunnerRole(admin.Server.Role, given, false, admin.Server.Major, false);
        }
    }

    /// <summary>Takes the rights away, and gives them back when what it returns is disposed.</summary>
    /// <param name="admin">Sends a statement as the role that made this one.</param>
    /// <returns>Null: it would still have some, by what scripts have granted.</returns>
    public async Task<IAsyncDisposable?> RestrainAsync(Func<string, Task> admin, Func<string, Task<bool>> ask)
    {
        // From 16 on CREATEROLE only governs the roles that it made; before, it could grant itself everything but SUPERUSER.
        var makesRoles = _serverIsOwn && _major >= 16 ? "createrole" : "nocreaterole";
        var lease = new Lease(this, () => admin($"alter role {Identifier.Quote(Name)} superuser"));
        IsRestrained = true;
        try
        {
            await admin($"alter role {Identifier.Quote(Name)} nosuperuser nocreatedb noreplication bypassrls {makesRoles}");
            // A superuser counts as a member of every role, so this is second.
            if (_serverIsOwn) await admin(Memberships());
            if (!await ask(Left())) return lease;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }

        await lease.DisposeAsync();
        return null;
    }

    /// <summary>The grants on settings are shared objects too.</summary>
    public async Task DropAsync(Func<string, Task> admin)
    {
        if (!CanBeRestrained || _serverIsOwn) return;
        await admin($"drop owned by {Identifier.Quote(Name)}");
        await admin($"drop role {Identifier.Quote(Name)}");
    }

    /// <summary>So that it may give objects to the roles that are there: to those that have no right of their own.</summary>
    private string Memberships() => $"""
        do $migrations$
        declare
            other text;
        begin
            for other in
                select r.rolname::text from pg_catalog.pg_roles r
                where r.rolname !~ '^pg_' and not (r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolcreatedb) and not pg_catalog.pg_has_role({Literal.Quote(Name)}, r.oid, 'member')
                  and not exists (select from pg_catalog.pg_roles d where d.rolname ~ '^pg_' and d.rolname <> 'pg_database_owner' and pg_catalog.pg_has_role(r.oid, d.oid, 'member'))
            loop
                execute pg_catalog.format('grant %I to %I', other, {Literal.Quote(Name)});
            end loop;
        end $migrations$
        """;

    private string Left() => $"""
        select exists (select from pg_catalog.pg_roles d
            where d.rolname <> {Literal.Quote(Name)} and pg_catalog.pg_has_role({Literal.Quote(Name)}, d.oid, 'member')
              and (d.rolsuper or d.rolcreaterole or d.rolreplication or d.rolcreatedb or (d.rolname ~ '^pg_' and d.rolname <> 'pg_database_owner')))
        """;

    private static async Task<string> NewNameAsync(Session admin, string password, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? GivenName : string.Create(CultureInfo.InvariantCulture, $"{GivenName}_{number}");
            try
            {
                await ExecuteAsync(admin, Creation(name, password), cancellationToken);
                return name;
            }
            catch (ServerException taken) when (taken.SqlState is Npgsql.PostgresErrorCodes.DuplicateObject or Npgsql.PostgresErrorCodes.UniqueViolation && number < MostOfAName)
            {
                // Another rehearsal has it.
            }
        }
    }

    /// <summary>To place rows takes the setting, also without the rights of a superuser. The password itself is in no log.</summary>
    private static string Creation(string name, string password) =>
        $"create role {name} superuser login bypassrls password {Literal.Quote(ScramVerifier.Of(password))}; grant set on parameter session_replication_role to {name}";

    private static string NewPassword() => Guid.NewGuid().ToString("N");

    private static async Task ExecuteAsync(ConnectionOptions options, string sql, CancellationToken cancellationToken)
    {
        await using var database = new Database(options, new SilentActivity());
        await using var session = await database.OpenAsync(cancellationToken);
        await ExecuteAsync(session, sql, cancellationToken);
    }

    private static Task<int> ExecuteAsync(Session session, string sql, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken)), session.Secrets);

    private sealed class Lease(RunnerRole runner, Func<Task> giveBack) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!runner.IsRestrained) return;
            try
            {
                await giveBack();
                runner.IsRestrained = false;
            }
            catch (Exception gone) when (gone is EngineException or Npgsql.NpgsqlException or InvalidOperationException)
            {
                // It stays without its rights: what lacks one then is Unproven, and why the server is silent is told by who asks it next.
            }
        }
    }
}
