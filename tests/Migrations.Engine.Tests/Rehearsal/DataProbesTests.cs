using System.Diagnostics;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class DataProbesTests(Servers servers)
{
    private const string Schema =
        """
        create domain code as text;
        create type mood as enum ('sad', 'ok', 'it''s');
        create table customer (id int primary key, mail text);
        create table orders (id int primary key, customer_id int, email text, total numeric, note text, c code, m mood, day date, big bigint, "Odd ""col" text);
        create table bare (a int, b int);
        create table events (id int, day date not null) partition by range (day);
        create table events_rest partition of events default;
        create table events_2026 (id int, day date not null);
        """;

    private const string Clean =
        """
        insert into customer values (1, 'a@x'), (2, 'b@x');
        insert into orders values (1, 1, 'a@x', 1.5, 'n', 'AB', 'ok', '2026-02-01', 5, 'o'), (2, null, null, null, null, null, null, null, null, null);
        insert into bare values (1, 1), (1, 2), (null, null), (null, null); insert into events_2026 values (1, '2026-05-05');
        """;

    private const string Offending =
        """
        insert into customer values (1, 'a@x');
        insert into orders values (811, 1, 'a@x', 1.5, 'n', 'AB', 'ok', '2026-02-01', 5, '1'), (812, 77, 'a@x', -123456.789, 'a long secret note', 'not a code', 'it''s', 'infinity', 5000000000, 'secret');
        insert into bare values (1, 1), (1, 1); insert into events_2026 values (1, '2025-05-05'); insert into events values (9, '2026-07-07');
        """;

    public static TheoryData<int, string, string, string> Cases()
    {
        (string Change, string Clean, string Offence)[] cases =
        [
            ("alter table orders add constraint orders_total_check check (total >= 0)", "Holds", "ADD of check constraint public.orders.orders_total_check will fail: first offending key id = 812."),
            ("alter table orders add constraint c check (\"Odd \"\"col\" <> 'secret' and length(note) < 10)", "Holds", "ADD of check constraint public.orders.c will fail: first offending key id = 812."),
            ("alter table orders add foreign key (customer_id) references customer", "Holds", "ADD of foreign key public.orders.orders_customer_id_fkey will fail: first offending key id = 812."),
            ("alter table orders add unique (email)", "Holds", "Building public.orders_email_key will fail: two rows of public.orders have the same key, id = 811 and id = 812."),
            ("create unique index on orders (lower(email)) where id > 5", "Holds", "Building public.orders_lower_idx will fail: two rows of public.orders have the same key, id = 811 and id = 812."),
            ("alter table bare add unique (a, b)", "Holds", "Building public.bare_a_b_key will fail: two rows of public.bare have the same key, ctid = (0,1) and ctid = (0,2)."),
            ("alter domain code add constraint code_form check (value ~ '^[A-Z]{2}$')", "Holds", "ADD of check constraint public.code.code_form will fail: first offending key id = 812."),
            ("alter table orders alter note type varchar(5)", "Holds", "ALTER TYPE of public.orders.note from text to character varying(5) (unless its USING does away with it) will fail: first offending key id = 812."),
            ("alter table orders alter total type numeric(7, 2)", "Holds", "ALTER TYPE of public.orders.total from numeric to numeric(7,2) (unless its USING does away with it) will fail: first offending key id = 812."),
            ("alter table orders alter big type int", "Holds", "ALTER TYPE of public.orders.big from bigint to integer (unless its USING does away with it) will fail: first offending key id = 812."),
            ("alter table events attach partition events_2026 for values from ('2026-01-01') to ('2027-01-01')", "Holds", "ATTACH of public.events_2026 to public.events will fail: first offending row ctid = (0,1)."),
            ("alter type mood rename to mood_old; create type mood as enum ('sad', 'ok'); alter table orders alter m type mood using m::text::mood; drop type mood_old", "Holds", "Taking 'it''s' out of public.mood will fail: first offending key id = 812."),
            ("alter table orders add constraint later check (total >= 0) not valid; alter table orders validate constraint later", "Holds", "ADD of check constraint public.orders.later will fail: first offending key id = 812."),
        ];
        var data = new TheoryData<int, string, string, string>();
        foreach (var (change, clean, offence) in cases)
        {
            data.Add(18, change, clean, offence);
            if (change.Contains("attach", StringComparison.Ordinal) || change.Contains("foreign", StringComparison.Ordinal) || change.Contains("domain", StringComparison.Ordinal)) data.Add(15, change, clean, offence);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_newly_demanded_is_asked_of_the_rows(int major, string change, string clean, string offence)
    {
        await using var sandbox = await RowBench.CreateAsync(servers, major, Schema);
        var probes = await ProbesAsync(sandbox, change);
        await using var good = await RowBench.CreateAsync(servers, major, Schema + Clean);
        await using var bad = await RowBench.CreateAsync(servers, major, Schema + Offending);

        var holds = await AskAsync(good, probes);
        var offends = await AskAsync(bad, probes);

        Assert.NotEmpty(holds);
        Assert.All(holds, result => Assert.Equal((clean, null), (result.Outcome.ToString(), result.Offender)));
        Assert.Contains(offence, offends.Where(result => result.Outcome == ProbeOutcome.Offends).Select(result => result.Message));
        // Rows that obey and rows that do not: the server agrees on both.
        await good.ExecuteAsync(change);
        await Assert.ThrowsAsync<PostgresException>(() => bad.ExecuteAsync(change));
        Assert.DoesNotContain(offends, result => result.Message.Contains("secret", StringComparison.Ordinal) || result.Message.Contains("a@x", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Not_null_and_validate_name_the_first_key(int major)
    {
        await using var sandbox = await RowBench.CreateAsync(servers, major, Schema + "alter table orders add constraint orders_total_check check (total >= 0) not valid;");
        var probes = await ProbesAsync(sandbox, "alter table orders alter email set not null; alter table orders validate constraint orders_total_check; alter table customer alter id type bigint, alter mail type varchar(300)");
        await using var target = await RowBench.CreateAsync(servers, major, Schema + Clean + "insert into orders (id, email, total) values (812, 'x', -1);");

        var results = await AskAsync(target, probes);

        Assert.Equal(
            ["SET NOT NULL of public.orders.email will fail: first offending key id = 2.", "VALIDATE of public.orders.orders_total_check will fail: first offending key id = 812."],
            results.Where(result => result.Outcome == ProbeOutcome.Offends).Select(result => result.Message).Order());
        Assert.Single(results, result => result.Outcome == ProbeOutcome.Holds && result.What.StartsWith("type character varying(300)", StringComparison.Ordinal));
        Assert.Equal(3, results.Count);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Texts_that_become_numbers_are_read_by_the_server_or_by_a_pattern(int major)
    {
        await using var sandbox = await RowBench.CreateAsync(servers, major, "create table t (id int primary key, a text, b text, c text)");
        var probes = await ProbesAsync(sandbox, "alter table t alter a type int using a::int, alter b type uuid using b::uuid, alter c type date using c::date");
        await using var target = await RowBench.CreateAsync(servers, major, "create table t (id int primary key, a text, b text, c text); insert into t values (1, ' 12 ', '00000000-0000-0000-0000-000000000000', '2026-01-01'), (2, '9999999999', 'no', 'no')");

        var results = await AskAsync(target, probes);

        Assert.Equal((major == 15 ? 2 : 3, major == 15 ? 1 : 0), (results.Count(result => result.Outcome == ProbeOutcome.Offends && result.Offender == "id = 2"), results.Count(result => result.Outcome == ProbeOutcome.NotAsked)));
    }

    [Fact]
    public async Task The_default_partition_is_asked_when_another_takes_its_rows()
    {
        await using var sandbox = await RowBench.CreateAsync(servers, 18, Schema);
        var probes = await ProbesAsync(sandbox, "create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01')");
        await using var target = await RowBench.CreateAsync(servers, 18, Schema + "insert into events values (5, '2027-03-03')");

        var result = Assert.Single(await AskAsync(target, probes));

        Assert.Equal("Making public.events_2027 a partition of public.events will fail: first offending row ctid = (0,1).", result.Message);
    }

    [Fact]
    public async Task What_cannot_be_asked_says_why()
    {
        await using var sandbox = await RowBench.CreateAsync(servers, 18, Schema + "create table later (id int primary key, n int); alter table orders add column fresh int;");
        var probes = await ProbesAsync(sandbox,
            """
            create extension if not exists btree_gist;
            alter table later alter n set not null; alter table orders add check (fresh > 0); alter table orders add column must int not null;
            alter table bare add column o int4range, add exclude using gist (o with &&); alter table orders alter day type text; alter table orders alter big type real using big::real;
            create table born (id int primary key, n int not null check (n > 0), unique (n))
            """.Replace("create extension if not exists btree_gist;", "", StringComparison.Ordinal));
        await using var target = await RowBench.CreateAsync(servers, 18, Schema + Clean);

        var results = (await AskAsync(target, probes)).ToDictionary(result => result.What, result => result.Message);

        Assert.Contains("made by a script that has not run on the target", results["not null public.later.n"], StringComparison.Ordinal);
        Assert.Contains("a column that it reads does not exist in the target yet", results["check constraint public.orders.orders_fresh_check"], StringComparison.Ordinal);
        Assert.Contains("the column does not exist in the target yet", results["not null public.orders.must"], StringComparison.Ordinal);
        Assert.Contains("only the index itself can tell", results["constraint public.bare.bare_o_excl"], StringComparison.Ordinal);
        Assert.DoesNotContain(results.Keys, what => what.Contains("born", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_rights_row_security_locks_and_time_are_not_taken_for_an_answer()
    {
        await using var sandbox = await RowBench.CreateAsync(servers, 18, Schema);
        var probes = await ProbesAsync(sandbox, "alter table orders alter email set not null");
        await using var target = await RowBench.CreateAsync(servers, 18, Schema + Clean + "create role probe_nobody login password 'x';");
        await using var database = new Database(ConnectionOptions.Parse(new NpgsqlConnectionStringBuilder(target.Where) { Username = "probe_nobody", Password = "x" }.ConnectionString), new SilentActivity());
        await using var session = await database.OpenAsync(Workbench.Token);

        Assert.Contains("GRANT SELECT ON public.orders TO \"probe_nobody\"", await MessageAsync(session), StringComparison.Ordinal);
        await target.ExecuteAsync("grant select on orders to probe_nobody; alter table orders enable row level security");
        Assert.Contains("BYPASSRLS", await MessageAsync(session), StringComparison.Ordinal);
        await target.ExecuteAsync("alter table orders disable row level security; create schema shut; alter table orders set schema shut; alter table shut.orders set schema public");
        await using (var other = new NpgsqlConnection(target.Where))
        {
            await other.OpenAsync(Workbench.Token);
            await using var hold = await other.BeginTransactionAsync(Workbench.Token);
            await new NpgsqlCommand("lock table orders in access exclusive mode", other).ExecuteNonQueryAsync(Workbench.Token);
            var watch = Stopwatch.StartNew();
            Assert.Contains("somebody holds a lock on public.orders", await MessageAsync(session), StringComparison.Ordinal);
            Assert.InRange(watch.ElapsedMilliseconds, 50, 2000);
        }

        await target.ExecuteAsync("insert into orders (id, email) select g, 'x' from generate_series(1000, 300000) g; delete from orders where id < 1000; ");
        var slow = probes.Select(probe => probe with { Offence = "pg_sleep(0.01) is null" }).ToList();
        Assert.Contains("took longer than 0.2 s", (await new ProbeAsker(session, TimeSpan.FromMilliseconds(200)).AskAsync(slow, Workbench.Token))[0].Message, StringComparison.Ordinal);

        async Task<string> MessageAsync(Session asking)
        {
            var result = Assert.Single(await new ProbeAsker(asking, TimeSpan.FromSeconds(2)).AskAsync(probes, Workbench.Token));
            Assert.Equal(ProbeOutcome.NotAsked, result.Outcome);
            return result.Message;
        }
    }

    private static async Task<IReadOnlyList<DataProbe>> ProbesAsync(RowBench sandbox, string change)
    {
        var reader = new CatalogReader(CatalogSelection.Everything);
        var before = await reader.ReadAsync(sandbox.Session, Workbench.Token);
        await sandbox.ExecuteAsync(change);
        return await DataProbes.FindAsync(before.DifferencesTo(await reader.ReadAsync(sandbox.Session, Workbench.Token)), sandbox.Session, Workbench.Token);
    }

    private static Task<IReadOnlyList<ProbeResult>> AskAsync(RowBench target, IReadOnlyList<DataProbe> probes) =>
        new ProbeAsker(target.Session, TimeSpan.FromSeconds(2)).AskAsync(probes, Workbench.Token);
}
