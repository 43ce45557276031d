using System.Diagnostics;
using Dapper;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>A statement outside a transaction shows the locks that pg_locks would have shown, whether it names the table or not, and whether it would wait or not.</summary>
public sealed class LoneWatchTests(Servers servers)
{
    private const string Before = """
        create table users (id int primary key, name text, age int);
        create index users_name on users (name);
        create table orders (id int primary key, user_id int);
        create table heirs () inherits (orders);
        alter table orders add constraint orders_user foreign key (user_id) references users not valid;
        create table parts (n int primary key, user_id int references users) partition by range (n);
        create index parts_user on parts (user_id);
        create table part_one partition of parts for values from (0) to (1000000);
        create table part_two partition of parts for values from (1000000) to (2000000) partition by range (n);
        create table part_two_a partition of part_two for values from (1000000) to (2000000);
        create table bookings (id int primary key, part int references parts);
        create materialized view names as select name, count(*) as n from users group by name;
        create procedure polite() language plpgsql as 'begin lock table users in share row exclusive mode nowait; update orders set user_id = user_id; end';
        """;

    public static TheoryData<int, string, string> OfNobodyNamed
    {
        get
        {
            (string Statement, string Locks)[] facts =
            [
                ("vacuum parts", "part_one ShareUpdateExclusive, part_two_a ShareUpdateExclusive"),
                ("vacuum full parts", "part_one AccessExclusive, part_two_a AccessExclusive"),
                ("vacuum analyze orders", "orders ShareUpdateExclusive"),
                ("reindex table concurrently parts", "part_one ShareUpdateExclusive, part_two_a ShareUpdateExclusive"),
                ("reindex index concurrently parts_user", "part_one ShareUpdateExclusive, part_two_a ShareUpdateExclusive"),
                ("reindex table parts", "part_one Share, part_two_a Share"),
                ("alter table parts detach partition part_one concurrently", "bookings AccessExclusive, part_one AccessExclusive, parts ShareUpdateExclusive, users ShareRowExclusive"),
                ("vacuum (skip_locked) users", "users ShareUpdateExclusive"),
                ("vacuum (skip_locked) users, orders", "orders ShareUpdateExclusive, users ShareUpdateExclusive"),
                ("vacuum (full, skip_locked) users", "users AccessExclusive"),
                ("vacuum (skip_locked) parts", "part_one ShareUpdateExclusive, part_two_a ShareUpdateExclusive"),
            ];
            return [.. from major in Servers.Majors from fact in facts select new TheoryDataRow<int, string, string>(major.Data, fact.Statement, fact.Locks)];
        }
    }

    [Theory]
    [MemberData(nameof(OfNobodyNamed))]
    public async Task Partitions_neighbours_by_foreign_key_and_what_is_not_waited_for_are_seen(int major, string statement, string locks)
    {
        var lone = Assert.Single(await StatementsAsync(major, statement + ";"));
        Assert.False(lone.InTransaction);
        foreach (var wanted in locks.Split(", ")) Assert.Contains(wanted, Strong(lone));
    }

    /// <summary>Where the server takes a block inside a transaction, its locks can be read there: outside of one they are the same.</summary>
    public static TheoryData<int, string> OfEither
    {
        get
        {
            string[] statements =
            [
                "do $$ begin lock table users in share mode nowait; end $$",
                "do $$ begin lock table parts in exclusive mode nowait; perform 1 from bookings for update nowait; end $$",
                "call polite()",
                "do $$ begin insert into orders values (700000); drop table part_one cascade; end $$",
            ];
            return [.. from major in Servers.Majors from statement in statements select new TheoryDataRow<int, string>(major.Data, statement)];
        }
    }

    [Theory]
    [MemberData(nameof(OfEither))]
    public async Task Outside_a_transaction_the_locks_are_those_of_inside(int major, string statement)
    {
        var inside = (await StatementsAsync(major, statement + ";"))[^1];
        var outside = (await StatementsAsync(major, $"-- migration: alone\n-- transaction: never\n{statement};"))[^1];
        Assert.True(inside.InTransaction);
        Assert.False(outside.InTransaction);
        Assert.NotEmpty(Strong(inside));
        Assert.Equal(Strong(inside), Strong(outside));
    }

    /// <summary>It cannot be tried inside a transaction, and to stand before its tables would make it fail.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_procedure_that_commits_and_waits_for_nobody_does_not_fail_for_being_watched(int major)
    {
        const string more = "create procedure hasty() language plpgsql as 'begin lock table users in share row exclusive mode nowait; commit; lock table orders in share mode nowait; end';";
        var lone = Assert.Single(await StatementsAsync(major, "-- migration: hasty\n-- transaction: never\ncall hasty();", more));
        Assert.False(lone.InTransaction);
    }

    [Fact]
    public async Task To_try_a_block_takes_no_number_of_a_sequence_and_leaves_no_transaction()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_one.sql", "do $$ begin perform nextval('called'); perform nextval('fresh'); end $$;");
        await bench.ExecuteAsync("create sequence called; create sequence fresh start 7; select nextval('called')");
        await using var database = bench.Open();
        await using var session = await database.OpenAsync(Workbench.Token);
        await using var tried = await TriedInside.TryAsync(session, bench.Project.Load(bench.LoadOptions).Versioned[0].Up.Steps[0], Workbench.Token);
        Assert.NotNull(tried);
        Assert.NotEmpty(await tried.EndAsync(Workbench.Token));
        Assert.Equal((2, 7), await session.Connection.QuerySingleAsync<(int, int)>("select nextval('called')::int, nextval('fresh')::int"));
        Assert.False(await session.Connection.ExecuteScalarAsync<bool>("select pg_catalog.pg_current_xact_id_if_assigned() is not null"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_vacuum_cuts_off_empty_pages_without_waiting_for_those_who_watch(int major)
    {
        var began = Stopwatch.GetTimestamp();
        var statements = await StatementsAsync(major, "delete from orders;\nvacuum orders;");
        // The server tries for 5 s to get ACCESS EXCLUSIVE for that, and then leaves the pages.
        Assert.True(statements[^1].Duration < TimeSpan.FromSeconds(4), $"{statements[^1].Duration} of {Stopwatch.GetElapsedTime(began)}");
    }

    /// <summary>As people write them: <c>orders ShareUpdateExclusive</c>. Readers are left out, which nobody waits for.</summary>
    private static List<string> Strong(StatementReport statement) => [.. statement.Locks
        .Where(held => held.Mode > LockMode.AccessShare && held.Kind is not ("index" or "partitioned index"))
        .Select(held => $"{held.Relation["public.".Length..]} {held.Mode}").Order(StringComparer.Ordinal)];

    private async Task<IReadOnlyList<StatementReport>> StatementsAsync(int major, string script, string more = "")
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_before.sql", Before + more).With("002_script.sql", script);
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Null(report.Error);
        return report.Statements;
    }
}
