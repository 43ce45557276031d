using Migrations.Engine.Catalog;
using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What the report says a statement did is what the server shows.</summary>
public sealed class ObservationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Each_statement_tells_its_locks_rewrites_scans_and_changes(int major)
    {
        var report = await LastAsync(major,
            "create table users (id int primary key, age int, name text); create table orders (id int primary key, user_id int);",
            """
            alter table users alter column age type bigint;
            alter table users add constraint named check (name is not null or age is not null or id is not null);
            alter table orders add constraint orders_user foreign key (user_id) references users not valid;
            create table fresh (id int);
            """);
        Assert.Null(report.Error);
        var (rewrite, check, foreignKey, fresh) = (report.Statements[0], report.Statements[1], report.Statements[2], report.Statements[3]);

        Assert.Equal(new RelationLock("public.users", "table", LockMode.AccessExclusive, 1, 4), rewrite.Locks.Single(held => held.Relation == "public.users"));
        Assert.Contains(rewrite.Rewrites, seen => seen is { Relation: "public.users", Kind: "table" });
        Assert.Equal(TimeSpan.FromSeconds(2), rewrite.LockTimeout);
        Assert.True(rewrite.WalBytes > 0);
        var changed = Assert.Single(rewrite.Changes);
        Assert.Equal((CatalogChange.Changed, "column", "public.users.age"), (changed.Change, changed.Kind, changed.Identity));

        Assert.Empty(check.Locks);
        Assert.Empty(check.Rewrites);
        Assert.True(check.Scans.Single(scan => scan.Relation == "public.users").RowsRead >= 20);

        Assert.Equal(LockMode.ShareRowExclusive, foreignKey.Locks.Single(held => held.Relation == "public.orders").Mode);
        Assert.Empty(foreignKey.Scans);

        // Nobody else knows of a table that is not committed.
        Assert.Empty(fresh.Locks);
        Assert.Contains(fresh.Changes, change => change is { Change: CatalogChange.Created, Kind: "table", Identity: "public.fresh" });
    }

    [Fact]
    public async Task What_a_DO_block_and_a_function_do_is_seen()
    {
        var report = await LastAsync(18,
            "create table users (id int primary key, age int); create function widen() returns void language sql as 'alter table users alter column age type bigint';",
            "do $$ begin execute 'alter ' || 'table users add column note text default clock_timestamp()::text'; end $$;\nselect widen();");
        Assert.All(report.Statements, statement => Assert.Contains(statement.Rewrites, seen => seen.Relation == "public.users"));
        Assert.Equal(LockMode.AccessExclusive, report.Statements[0].Locks.Single(held => held.Relation == "public.users").Mode);
    }

    [Fact]
    public async Task An_index_that_is_made_again_under_its_name_counts_as_rewritten()
    {
        var report = await LastAsync(18, "create table users (id int primary key, name text); create index users_name on users (name);",
            "alter table users alter column name type text collate \"C\";");
        Assert.Contains(report.Statements[0].Rewrites, seen => seen is { Relation: "public.users_name", Kind: "index", Table: "public.users" });
    }

    [Theory]
    [InlineData("create index concurrently users_age on users (age);", "public.users", LockMode.ShareUpdateExclusive)]
    [InlineData("reindex table concurrently users;", "public.users", LockMode.ShareUpdateExclusive)]
    [InlineData("drop index concurrently users_name;", "public.users", LockMode.ShareUpdateExclusive)]
    [InlineData("vacuum full users;", "public.users", LockMode.AccessExclusive)]
    [InlineData("vacuum users;", "public.users", LockMode.ShareUpdateExclusive)]
    [InlineData("alter table parts detach partition part_one concurrently;", "public.part_one", LockMode.AccessExclusive)]
    [InlineData("alter table parts detach partition part_one concurrently;", "public.parts", LockMode.ShareUpdateExclusive)]
    public async Task A_statement_outside_a_transaction_is_made_to_show_its_locks(string statement, string relation, LockMode mode)
    {
        var report = await LastAsync(18,
            """
            create table users (id int primary key, name text, age int); create index users_name on users (name);
            create table parts (n int) partition by range (n); create table part_one partition of parts for values from (0) to (10);
            """, statement);
        Assert.Null(report.Error);
        var lone = Assert.Single(report.Statements);
        Assert.False(lone.InTransaction);
        Assert.Equal(mode, lone.Locks.Single(held => held.Relation == relation).Mode);
    }

    [Fact]
    public async Task A_lock_of_one_part_is_not_held_in_the_next()
    {
        var report = await LastAsync(18, "create table users (id int primary key, name text);",
            "alter table users add column a int;\ncreate index concurrently users_a on users (a);\nalter table users add column b int;");
        Assert.Equal([(1, 1), (2, 2), (3, 3)], report.Statements.SelectMany(statement => statement.Locks.Where(held => held.Relation == "public.users")).Select(held => (held.FromStatement, held.ToStatement)));
    }

    [Fact]
    public async Task A_lock_timeout_that_the_script_switched_off_is_told()
    {
        var report = await LastAsync(18, "create table users (id int primary key);", "set local lock_timeout = 0;\nalter table users add column a int;");
        Assert.Equal(TimeSpan.Zero, report.Statements[1].LockTimeout);
    }

    private async Task<MigrationReport> LastAsync(int major, string before, string script)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_before.sql", before).With("002_script.sql", script);
        return (await bench.TestOfflineAsync())[1];
    }
}
