using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>What scripts make of an empty server: they run in a sandbox of their own, and pg_dump writes down all of it, owners, rights and rows too.</summary>
/// <param name="Runner">The role that ran them.</param>
/// <param name="Dump">As pg_dump wrote it, without what is another word in each dump.</param>
/// <param name="RoleStatements">Makes the roles that the scripts have made; empty when there are none.</param>
/// <param name="Around">What stands outside the dump, one line for each fact, in order.</param>
/// <param name="Unkept">What the scripts made and no statement of a checkpoint could make.</param>
internal sealed record SquashBuild(string Runner, string Dump, string RoleStatements, IReadOnlyList<string> Around, IReadOnlyList<string> Unkept, IReadOnlyList<string> RolesWithPassword)
{
    /// <summary>The sandbox's superuser; its database has the same name.</summary>
    public const string Superuser = "postgres";

    /// <param name="runner">The superuser that runs the scripts, and the name of the database they run in; made when it is another one than the sandbox's own.</param>
    /// <exception cref="EngineException">A script fails there; no server of that major is here; PgDumpNotFound, PgDumpFailed.</exception>
    public static async Task<SquashBuild> RunAsync(
        ScriptProject project, MigrationRequest request, int major, string runner, IActivity activity, TimeProvider clock, CancellationToken cancellationToken)
    {
        var program = await DumpProgram.FindAsync(major, cancellationToken);
        await using var server = await SandboxServer.StartAsync(new SandboxOptions { Version = major, Clock = clock }, activity, cancellationToken);
        // What scripts say to a database that is thrown away is no news.
        var silent = new SilentActivity();
        var secrets = new SecretMask();
        foreach (var secret in project.Variables.Secrets) secrets.Add(secret);
        if (runner != Superuser) await MakeRunnerAsync(server, runner, silent, cancellationToken);
        await using var database = new Database(ConnectionOfRunner(server, runner), silent, secrets);
        var plan = await new MigrationPlanner(database, project, []).PlanAsync(request, cancellationToken);
        await foreach (var result in new MigrationRunner(database, silent, clock).RunAsync(plan, cancellationToken))
            activity.Progress(new ActivityProgress(0, "Squashing", $"{result.Name} in {server.Name}"));

        await using var session = await database.OpenAsync(cancellationToken);
        var environment = await ChildConnection.OfAsync(session, database.Options, activity.Warn, cancellationToken);
        var dump = await program.RunAsync(
            ["--no-password", "--encoding=UTF8", "--no-subscriptions", $"--exclude-schema={request.History.Quoted}"], environment, secrets, cancellationToken);
        return new SquashBuild(
            runner,
            DumpText.WithoutRestrict(DumpText.ForOlderServers(dump)),
            await session.Connection.QuerySingleAsync<string>(new CommandDefinition(MadeRoles.Statements, new { runner }, cancellationToken: cancellationToken)),
            [.. await ListAsync(session, MadeRoles.Facts, runner, cancellationToken), .. await ListAsync(session, AroundTheDump.Facts, runner, cancellationToken)],
            await ListAsync(session, Left, runner, cancellationToken),
            await ListAsync(session, MadeRoles.WithPassword, runner, cancellationToken));
    }

    /// <summary>Settings of roles and databases, tablespaces and subscriptions belong to the server, or hold a password.</summary>
    private const string Left = """
        select pg_catalog.format('settings of %s', coalesce('the role ' || r.rolname, 'the database ' || d.datname))
        from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_roles r on r.oid = s.setrole left join pg_catalog.pg_database d on d.oid = s.setdatabase
        union all select 'the tablespace ' || spcname from pg_catalog.pg_tablespace where spcname not in ('pg_default', 'pg_global')
        union all select 'the subscription ' || subname from pg_catalog.pg_subscription
        union all select 'the database ' || datname from pg_catalog.pg_database where datname not in ('postgres', 'template0', 'template1', @runner)
        order by 1
        """;

    private static async Task MakeRunnerAsync(SandboxServer server, string runner, IActivity activity, CancellationToken cancellationToken)
    {
        await using var database = new Database(server.Connection, activity);
        await using var session = await database.OpenAsync(cancellationToken);
        var name = Identifier.Quote(runner);
        await session.Connection.ExecuteAsync(new CommandDefinition($"create role {name} superuser login password {Literal.Quote(runner)}", cancellationToken: cancellationToken));
        await session.Connection.ExecuteAsync(new CommandDefinition($"create database {name} owner {name}", cancellationToken: cancellationToken));
    }

    private static ConnectionOptions ConnectionOfRunner(SandboxServer server, string runner)
    {
        if (runner == Superuser) return server.Connection;
        var parts = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = runner, Password = runner, Database = runner };
        return ConnectionOptions.Parse(parts.ConnectionString, ConnectionSources.None);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(Session session, string query, string runner, CancellationToken cancellationToken) =>
        (await session.Connection.QueryAsync<string>(new CommandDefinition(query, new { runner }, cancellationToken: cancellationToken))).AsList();
}
