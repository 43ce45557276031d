using System.Diagnostics;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class RowPlacerTests(Servers servers, ITestOutputHelper output)
{
    public static TheoryData<int> Majors { get; } = [15, 18];

    /// <summary>Every type that a column of a user can have, by the catalog of the server itself.</summary>
    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Every_built_in_type_gets_its_rows(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major,
            """
            do $$
            declare t record;
            begin
                for t in select typname, format_type(oid, null) as name from pg_type
                         where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r', 'm') and typisdefined and typname !~ '^_|^pg_(node_tree|ndistinct|dependencies|mcv_list|brin|ddl)|gtsvector|aclitem'
                loop
                    execute format('create table public.%I (k int generated always as identity primary key, v %s, many %s[])', 'type ' || t.typname, t.name, t.name);
                end loop;
            end $$
            """);

        var placed = await bench.PlaceAsync();

        Assert.InRange(placed.Count, 60, 120);
        Assert.Empty(placed.Values.Where(table => table.Rows < 20 || table.Reason is not null).Select(table => $"{table.Table}: {table.Reason}"));
        var poor = await bench.ScalarAsync<string>(
            """
            create or replace function pg_temp.poor() returns text language plpgsql as $$
            declare t record; n bigint; poor text := '';
            begin
                for t in select c.oid::regclass as name from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace loop
                    execute format('select count(distinct v::text) from %s', t.name) into n;
                    if n < 2 then poor := poor || t.name || ' '; end if;
                end loop;
                return poor;
            end $$;
            select pg_temp.poor()
            """);
        Assert.Equal("", poor);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Null_bounds_empty_and_Unicode_are_among_the_values(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major,
            """
            create table t (id int primary key, n bigint, short varchar(7), word text not null, at timestamptz, day date, price numeric(8, 2), bytes bytea, e text unique)
            """);

        await bench.PlaceAsync();

        Assert.True(await bench.ScalarAsync<bool>(
            """
            select bool_or(n = 9223372036854775807) and bool_or(n = -9223372036854775808) and bool_or(n is null) and bool_or(n = 0)
               and bool_or(length(short) = 7) and bool_or(short = '') and bool_or(short is null)
               and bool_or(word = '') and bool_or(word ~ U&'\0301') and bool_or(word ~ U&'\+01F600') and bool_or(word ~ U&'\05E9') and bool_or(word ~ '''') and bool_or(word ~ '\\') and bool_or(word ~ E'\n')
               and bool_or(at = 'infinity') and bool_or(at = '-infinity') and bool_or(day = 'infinity') and bool_or(price = 999999.99) and bool_or(price = -999999.99)
               and bool_or(bytes = '') and count(*) = 24
            from t
            """));
        await using var plain = await RowBench.CreateAsync(servers, major, "create table t (id int primary key, n bigint, at timestamptz, word varchar(300))");
        await plain.PlaceAsync(range: RowRange.Plain);
        Assert.True(await plain.ScalarAsync<bool>("select max(n) < 1000 and max(at) < '2030-01-01' and max(length(word)) < 60 and bool_or(word = '') and bool_or(n is null) from t"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Constraints_of_every_kind_are_satisfied(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major, Rich);

        var placed = await bench.PlaceAsync();

        foreach (var table in placed.Values) output.WriteLine($"{table.Table} {table.Rows} {table.Reason}");
        Assert.DoesNotContain(placed.Values, table => table.Rows < 20 && !table.Table.Contains("few", StringComparison.Ordinal));
        Assert.All(placed.Values.Where(table => table.Table.Contains("few", StringComparison.Ordinal)), table => Assert.NotNull(table.Reason));
        Assert.Equal(0, await bench.OrphansAsync());
    }

    private const string Rich =
        """
        create domain positive as numeric(12, 3) check (value > 0);
        create domain code as varchar(8) not null check (value ~ '^[A-Z]{2}-[0-9]{3,5}$');
        create domain tagged as code check (value <> 'AA-000');
        create type mood as enum ('sad', 'ok', 'it''s "fine"');
        create type address as (street text, number int, zip code);
        create type span as range (subtype = float8);
        create table "Odd ""Name"" ; drop" ("sel ect" int generated by default as identity primary key, "tableoid2" text default 'x', "~i" int, "a""b" mood not null, "ü" tagged unique);
        create table composite (id serial primary key, at address, many address[], s span, moods mood[], p positive not null, ps positive[]);
        create table parent (a int, b text, extra uuid, primary key (a, b), unique (extra));
        create table child (id bigserial primary key, a int, b text, foreign key (a, b) references parent match full, other uuid not null references parent (extra), shared int not null check (shared between 10 and 12));
        create table one_to_one (a int, b text, note text, primary key (a, b), foreign key (a, b) references parent on delete cascade);
        create table tree (id int generated always as identity primary key, up int references tree, root int not null references tree, check (up <> id));
        create table left_side (id int primary key, r int not null);
        create table right_side (id int primary key, l int not null references left_side, maybe int);
        alter table left_side add foreign key (r) references right_side deferrable initially deferred;
        create table ring_a (id int primary key, b int);
        create table ring_b (id int primary key, a int not null references ring_a);
        alter table ring_a add foreign key (b) references ring_b;
        create table booking (room int, during int4range not null, exclude using gist (during with &&));
        create table later (id int, n int, unique (n) deferrable initially deferred, primary key (id) deferrable);
        create table generated (w int not null check (w > 0), h int not null check (h between 1 and 9), area int generated always as (w * h) stored check (area < 60), label text not null check (label = 'box ' || w || 'x' || h));
        create table checked (state text not null check (state in ('new', 'sent', 'done')), done_at timestamptz, sent_at timestamptz, mail text not null check (mail like '%@%.%' and mail = lower(mail)),
            hash bytea not null check (octet_length(hash) = 20), doc jsonb not null check (doc ? 'kind' and jsonb_typeof(doc) = 'object'), price numeric(6, 2) check (price >= 0.01 and price < 100), iban char(22) check (length(iban) = 22),
            check ((done_at is not null) = (state = 'done')), check (done_at >= sent_at));
        create unique index on checked (lower(mail)) where state <> 'done';
        create table few_flags (flag boolean unique not null);
        create table few_single (only_one int primary key default 1 check (only_one = 1), v text);
        create table few_nothing (n int not null check (n > 5 and n < 5));
        create table events (at timestamptz not null, region text not null, id bigint generated always as identity, primary key (id, at, region)) partition by range (at);
        create table events_old partition of events for values from (minvalue) to ('2026-01-01 00:00:00+00');
        create table events_new partition of events for values from ('2026-01-01 00:00:00+00') to ('2026-02-01 00:00:00+00') partition by list (region);
        create table events_new_eu partition of events_new for values in ('eu', 'uk');
        create table events_new_rest partition of events_new default;
        create table hashed (k text primary key, v int) partition by hash (k);
        create table hashed_0 partition of hashed for values with (modulus 3, remainder 0);
        create table hashed_1 partition of hashed for values with (modulus 3, remainder 1);
        create table hashed_2 partition of hashed for values with (modulus 3, remainder 2);
        create table event_note (id int, at timestamptz, region text, hashed text not null references hashed, foreign key (id, at, region) references events);
        alter table event_note alter column id type bigint;
        create table inherited (like parent);
        create table inheriting (more text) inherits (inherited);
        create table loose ();
        create function public.boom() returns trigger language plpgsql as $$ begin raise exception 'boom'; end $$;
        create trigger boom before insert on loose for each row execute function public.boom();
        create table seeded (id int generated always as identity primary key, v int unique);
        insert into seeded (id, v) overriding system value select g, g from generate_series(1, 30) g;
        """;

    [Fact]
    public async Task The_same_schema_gets_the_same_rows()
    {
        await using var first = await RowBench.CreateAsync(servers, 18, Rich);
        await using var second = await RowBench.CreateAsync(servers, 18, Rich);
        await first.PlaceAsync();
        await second.PlaceAsync();

        Assert.Empty((await first.ImageAsync()).LossTo(await second.ImageAsync()));
        Assert.Empty((await second.ImageAsync()).LossTo(await first.ImageAsync()));
    }

    [Fact]
    public async Task Rows_that_are_there_stay_and_the_next_number_is_free()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, Rich);
        var before = await bench.ImageAsync();

        await bench.PlaceAsync();

        Assert.DoesNotContain(before.LossTo(await bench.ImageAsync()), loss => !loss.What.EndsWith("new.", StringComparison.Ordinal) && !loss.What.EndsWith("new, by the primary key.", StringComparison.Ordinal));
        Assert.Equal(54, await bench.ScalarAsync<long>("select count(*) from seeded"));
        await bench.ExecuteAsync("insert into seeded (v) values (-5); insert into composite (p) values (1); insert into tree (root) select max(id) from tree");
    }

    [Fact]
    public async Task A_table_that_nothing_fits_into_says_what_the_server_said()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, Rich + "; create table few_children (n int not null references few_nothing_key); ".Replace("few_nothing_key", "few_flags_key", StringComparison.Ordinal)
            .Replace("create table few_children", "create table few_flags_key (n int primary key check (n > 5 and n < 5)); create table few_children", StringComparison.Ordinal));

        var placed = await bench.PlaceAsync();

        Assert.Contains("few_nothing_n_check", placed["public.few_nothing"].Reason, StringComparison.Ordinal);
        Assert.Contains("few_flags_flag_key", placed["public.few_flags"].Reason, StringComparison.Ordinal);
        Assert.Equal(2, placed["public.few_flags"].Rows);
        Assert.Equal(1, placed["public.few_single"].Rows);
        Assert.Contains("public.few_flags_key, which has no rows", placed["public.few_children"].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Every_table_of_the_example_is_filled_after_each_of_its_scripts(int major)
    {
        using var bench = await Workbench.CreateAsync(servers, major);
        var project = ScriptProject.Load(Path.Combine(TestTree.Root, "examples", "music-ai"), new ProjectLoadOptions());
        var poor = new List<string>();
        for (var version = 1; version <= 11; version++)
        {
            await using (var database = bench.Open())
            {
                var plan = await new MigrationPlanner(database, project, []).PlanAsync(new() { Target = $"{version:000}" }, Workbench.Token);
                await bench.RunAsync(database, plan);
            }

            // A copy: the rows of one version are not to be in the way of the next script.
            foreach (var range in new[] { RowRange.Bounds, RowRange.Plain })
            {
                await using var copy = await RowBench.CreateAsync(servers, major, "", new Npgsql.NpgsqlConnectionStringBuilder(bench.ConnectionString).Database!);
                var watch = Stopwatch.StartNew();
                var placed = await copy.PlaceAsync(range: range);
                output.WriteLine($"{version:000} {range}: {placed.Count} tables in {watch.ElapsedMilliseconds} ms{ProcessorTime(copy.Session.BackendPid)}");
                poor.AddRange(placed.Values.Where(table => table.Rows < 20).Select(table => $"{version:000} {range} {table.Table} {table.Rows} {table.Reason}"));
                Assert.Equal(0, await copy.OrphansAsync());
            }
        }

        Assert.Empty(poor);
    }

    /// <summary>What the server itself worked, whoever else was busy on this machine.</summary>
    private static string ProcessorTime(int backend)
    {
        var file = $"/proc/{backend}/stat";
        if (!File.Exists(file)) return "";
        var fields = File.ReadAllText(file).Split(' ');
        return $", of which the server worked {(long.Parse(fields[13], System.Globalization.CultureInfo.InvariantCulture) + long.Parse(fields[14], System.Globalization.CultureInfo.InvariantCulture)) * 10} ms";
    }
}
