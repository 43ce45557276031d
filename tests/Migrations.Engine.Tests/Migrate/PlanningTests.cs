using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What a plan takes, and what it refuses before anything changes.</summary>
public sealed class PlanningTests(Servers servers)
{
    [Fact]
    public async Task Line_ends_byte_order_marks_and_comments_do_not_block()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);\n");
        await bench.UpAsync();

        bench.With("001_t.sql", "\uFEFF-- said later\r\ncreate table\r\n  t (n int); /* why */\r\n").With("002_u.sql", "create table u (n int);");

        Assert.Equal("002", Assert.Single(await bench.UpAsync()).Version);
        Assert.Equal(MigrationState.Applied, (await bench.StatesAsync())["001"]);
    }

    [Fact]
    public async Task One_changed_token_blocks_and_names_file_line_and_the_way_out()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (\n  n int,\n  m int);\n");
        await bench.UpAsync();
        bench.With("001_t.sql", "-- new comment\ncreate table t (\n  n int,\n  m bigint);\n").With("002_u.sql", "create table u (n int);");

        var refusal = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());

        Assert.Equal(("ScriptChanged", "versions/001_t.sql", 4), (refusal.ErrorId, refusal.File, refusal.Line));
        Assert.Contains("Restore the file", refusal.Advice, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("u"));
        Assert.Equal(MigrationState.Changed, (await bench.StatesAsync())["001"]);
    }

    [Fact]
    public async Task A_late_lower_version_is_refused_with_the_list_unless_it_is_allowed_and_then_marked()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "select 1;").With("003_c.sql", "select 1;");
        await bench.UpAsync();
        bench.With("002_b.sql", "create table b (n int);");

        Assert.Equal(MigrationState.OutOfOrder, (await bench.StatesAsync())["002"]);
        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());
        Assert.Equal("OutOfOrder", refusal.ErrorId);
        Assert.Contains("versions/002_b.sql", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("-AllowOutOfOrder", refusal.Advice, StringComparison.Ordinal);

        Assert.True(Assert.Single(await bench.UpAsync(new MigrationRequest { AllowOutOfOrder = true })).OutOfOrder);
        Assert.True((await bench.StatusAsync()).Single(s => s.Version == "002").OutOfOrder);
    }

    [Fact]
    public async Task Target_and_version_choose_and_requires_is_kept()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_a.sql", "select 1;").With("002_b.sql", "select 1;").With("003_c.sql", "-- migration: C\n-- requires: 002\n\nselect 1;");

        Assert.Equal("UnknownVersion", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { Target = "9" }))).ErrorId);
        Assert.Equal("RequirementNotApplied", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { Version = "3" }))).ErrorId);
        Assert.Equal(["001"], (await bench.UpAsync(new MigrationRequest { Target = "1" })).Select(r => r.Version));
        Assert.Equal(["002"], (await bench.UpAsync(new MigrationRequest { Version = "2" })).Select(r => r.Version));
        Assert.Equal(["003"], (await bench.UpAsync(new MigrationRequest { Version = "003" })).Select(r => r.Version));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_wrong_stamp_or_a_read_only_session_is_refused_first(int major)
    {
        // The text is broken on purpose: the place is looked at before the scripts.
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);\ncommit;");

        Assert.Equal("WrongEnvironment", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { Environment = "production" }))).ErrorId);

        await using (var database = bench.Open())
        {
            await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new(), "staging", Workbench.Token);
        }

        var wrong = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { Environment = "production" }));
        Assert.Contains("stamped staging", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Refused, wrong.Kind);

        await bench.ExecuteAsync("do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$");
        Assert.Equal("TargetIsReadOnly", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_gate_can_stop_a_plan_and_nothing_is_changed()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");

        var refused = await Assert.ThrowsAsync<GateRefusedException>(() => bench.PlanAsync(null, new OpenGate(), new ShutGate()));

        Assert.Equal("not today", Assert.Single(refused.Refusals).Reason);
        Assert.Contains("Calendar: 001_t: not today", refused.Message, StringComparison.Ordinal);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
        Assert.Single((await bench.PlanAsync(null, new OpenGate())).Scripts);
    }

    [Fact]
    public async Task A_gate_looks_again_under_the_run_lock_and_nothing_is_changed()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        var plan = await bench.PlanAsync(null, new OnceOpenGate());
        await using var database = bench.Open();

        await Assert.ThrowsAsync<GateRefusedException>(() => bench.RunAsync(database, plan));

        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Fact]
    public async Task A_plan_changes_nothing_and_says_where_it_would()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");

        var plan = await bench.PlanAsync();

        Assert.True(plan.InstallsHistory);
        Assert.Equal("create table t (n int);", Assert.Single(Assert.Single(plan.Scripts).Statements));
        Assert.Equal(("postgres", "Primary"), (plan.Target.Role, plan.Target.ServerRole));
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from pg_namespace where nspname = 'migrations'"));
    }

    [Theory]
    [InlineData("we\"ird.Sch€ma'; drop table t; --")]
    [InlineData("UPPER lower")]
    public async Task Odd_names_are_harmless(string name)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_t.sql", "-- migration: It's \"odd\"; drop table t\n\n-- migrate:up\ncreate table \"T'\"\"; --\" (n int);\n-- migrate:down\ndrop table \"T'\"\"; --\";")
            .With("002_$x 'y' \"z\".sql", "create table u (n int);");
        await bench.ExecuteAsync($"create database {Identifier.Quote(name)}; create role {Identifier.Quote(name)} superuser login password 'p';");
        var request = new MigrationRequest { History = new HistorySchema(name) };
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(bench.ConnectionString) { Database = name, Username = name, Password = "p" }.ConnectionString;

        Assert.Equal(2, (await bench.UpAsync(request, connection)).Count);

        Assert.Equal(2L, await Servers.ScalarAsync<long>(connection, $"select count(*) from {Identifier.Quote(name)}.scripts"));
        Assert.True(await Servers.ScalarAsync<bool>(connection, "select to_regclass('u') is not null"));
        await Servers.ExecuteAsync(bench.ConnectionString, $"drop database {Identifier.Quote(name)} with (force); drop role {Identifier.Quote(name)};");
    }

    [Fact]
    public async Task A_role_that_may_not_create_the_history_is_told_what_to_grant()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.ExecuteAsync("create role humble login password 'p'");
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = "humble", Password = "p" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: connection));

        Assert.Equal(("HistoryNotInstallable", FailureKind.Permission), (refusal.ErrorId, refusal.Kind));
        Assert.Contains("grant create on database", refusal.Advice, StringComparison.Ordinal);
        await bench.ExecuteAsync("drop role humble");
    }

    [Fact]
    public async Task A_role_that_may_only_read_the_history_runs_nothing_and_is_told_what_to_grant()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_u.sql", "create table u (n int);");
        await bench.ExecuteAsync("create role reader login password 'p'; grant create on schema public to reader; grant usage on schema migrations to reader; grant select on all tables in schema migrations to reader");
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = "reader", Password = "p" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: connection));

        Assert.Equal(("HistoryNotWritable", FailureKind.Permission), (refusal.ErrorId, refusal.Kind));
        Assert.Contains("insert", refusal.Advice, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("u"));
        await bench.ExecuteAsync("drop owned by reader; drop role reader");
    }

    [Fact]
    public async Task A_history_of_a_newer_module_or_of_somebody_else_is_left_alone()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        await bench.ExecuteAsync("insert into migrations.versions (version, module) values (99, 'later')");
        Assert.Equal("HistoryTooNew", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);

        await bench.ExecuteAsync("create schema foreign_one; create table foreign_one.versions (id int)");
        var request = new MigrationRequest { History = new HistorySchema("foreign_one") };
        Assert.Equal("HistoryForeign", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(request))).ErrorId);
    }

    /// <summary>An approval that was withdrawn between the plan and its run.</summary>
    private sealed class OnceOpenGate : IMigrationGate
    {
        private int _asked;

        public string Name => "Approval";

        public Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<GateRefusal>>(++_asked == 1 ? [] : [new GateRefusal(plan.Scripts[0].Name, "withdrawn", "Ask again.")]);
    }

    private sealed class OpenGate : IMigrationGate
    {
        public string Name => "Open";

        public Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<GateRefusal>>([]);
    }

    private sealed class ShutGate : IMigrationGate
    {
        public string Name => "Calendar";

        public Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<GateRefusal>>([.. plan.Scripts.Select(script => new GateRefusal(script.Name, "not today", "Come back on Monday."))]);
    }
}
