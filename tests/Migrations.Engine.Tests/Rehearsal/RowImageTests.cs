using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class RowImageTests(Servers servers)
{
    public static TheoryData<int> Majors { get; } = [15, 18];

    private const string Schema =
        """
        create table keyed (id int primary key, a text, b numeric, c timestamptz, f float8);
        insert into keyed select g, 'a' || g, g / 3.0, '2026-01-01 00:00:00+00'::timestamptz + g * interval '1 hour', g / 7.0 from generate_series(1, 30) g;
        create table bag (x int, y text);
        insert into bag select g % 5, 'y' || g % 3 from generate_series(1, 30) g;
        create table "Odd ""one" ("a b" int);
        """;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Each_kind_of_loss_is_told_with_its_columns(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major, Schema);
        await bench.ExecuteAsync("""create table gone (n int); insert into gone values (1), (2); create materialized view seen as select count(*) as n from keyed; create materialized view empty as select 1 as n with no data""");
        (string Change, string Expected)[] cases =
        [
            ("update keyed set a = 'other' where id < 3", "public.keyed [a] 30 -> 30: 2 of its rows hold other values."),
            ("update keyed set a = null, b = b + 1 where id = 3", "public.keyed [a, b] 30 -> 30: 1 of its rows holds other values."),
            ("delete from keyed where id = 3", "public.keyed [] 30 -> 29: 1 of its rows is gone, by the primary key."),
            ("insert into keyed (id) values (99)", "public.keyed [] 30 -> 31: 1 of its rows is new, by the primary key."),
            ("alter table keyed drop column b, drop column c", "public.keyed [b, c] 30 -> 30: The columns are gone."),
            ("alter table keyed drop column a; alter table keyed add column a text", "public.keyed [a] 30 -> 30: 30 of its rows hold other values."),
            ("delete from bag where x = 1", "public.bag [] 30 -> 24: 6 of its rows are gone."),
            ("insert into bag select * from bag where x = 1 limit 2", "public.bag [] 30 -> 32: 2 of its rows are new."),
            ("update bag set y = 'new' where x = 2", "public.bag [y] 30 -> 30: 6 of its rows hold other values."),
            ("update bag set x = -x where x > 3", "public.bag [x] 30 -> 30: 6 of its rows hold other values."),
            ("update bag set y = case y when 'y0' then 'y1' when 'y1' then 'y0' else y end where ctid in (select ctid from bag where x = 1 and y in ('y0', 'y1'))", ""),
            ("drop table gone", "public.gone [] 2 -> 0: The table is gone."),
            ("alter table gone rename to went", "public.gone [] 2 -> 0: The table is gone."),
            ("refresh materialized view empty", "public.empty [] 0 -> 1: It holds rows now, and was not populated."),
            ("delete from keyed where id = 1; refresh materialized view seen; insert into keyed select 1, 'a1', 1 / 3.0, '2026-01-01 01:00:00+00', 1 / 7.0", "public.seen [n] 1 -> 1: 1 of its rows holds other values."),
        ];
        var before = await bench.ImageAsync();
        foreach (var (change, expected) in cases)
        {
            await ExecuteAsync(bench, "begin; " + change);
            var losses = before.LossTo(await bench.ImageAsync());
            await ExecuteAsync(bench, "rollback");
            Assert.Equal((change, expected), (change, string.Join(" | ", losses.Select(Told))));
        }

        Assert.Empty(before.LossTo(await bench.ImageAsync()));
    }

    [Fact]
    public async Task Columns_that_stand_elsewhere_rows_that_were_written_again_and_partitions_are_no_loss()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, Schema);
        var before = await bench.ImageAsync();

        await bench.ExecuteAsync(
            """
            alter table keyed rename a to a_old; alter table keyed add column a text; update keyed set a = a_old; alter table keyed drop column a_old;
            alter table bag rename to bag_old; create table bag (y text, x int) partition by list (x);
            create table bag_1 partition of bag for values in (1); create table bag_rest partition of bag default;
            insert into bag (x, y) select x, y from bag_old order by random(); drop table bag_old; create table more (n int); insert into more values (1)
            """);

        Assert.Empty(before.LossTo(await bench.ImageAsync()));
    }

    [Fact]
    public async Task Values_that_change_rows_without_a_key_are_noticed()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, "create table t (a int, b int); insert into t values (1, 1), (2, 2)");
        var before = await bench.ImageAsync();

        await bench.ExecuteAsync("update t set b = 3 - b");

        Assert.Equal("public.t [] 2 -> 2: The values of 2 rows are the same, but stand in other rows.", Told(Assert.Single(before.LossTo(await bench.ImageAsync()))));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Many_rows_are_compared_by_sums(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major, $"create table t (id int primary key, a text, b int); insert into t select g, 'x' || g, g from generate_series(1, {RowImage.MostRows + 500}) g");
        var before = await bench.ImageAsync();
        await bench.ExecuteAsync("update t set a = id::text where id = 77");
        var changed = await bench.ImageAsync();
        await bench.ExecuteAsync("update t set a = 'x77' where id = 77");
        var back = await bench.ImageAsync();
        await bench.ExecuteAsync("delete from t where id = 78");
        var fewer = await bench.ImageAsync();
        await bench.ExecuteAsync("insert into t values (-1, 'x78', 78)");

        Assert.Equal("public.t [a] 20500 -> 20500: Some of its rows hold other values.", Told(Assert.Single(before.LossTo(changed))));
        Assert.Empty(before.LossTo(back));
        Assert.Equal("public.t [] 20500 -> 20499: At least 1 of its rows are gone.", Told(Assert.Single(before.LossTo(fewer))));
        Assert.Equal("public.t [] 20500 -> 20500: Its rows are not those that it held.", Told(Assert.Single(before.LossTo(await bench.ImageAsync()))));
    }

    [Fact]
    public async Task The_settings_of_the_session_play_no_part_and_stay_as_they_were()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, Schema);
        var before = await bench.ImageAsync();
        await ExecuteAsync(bench, "set datestyle = 'German'; set timezone = 'Asia/Tokyo'; set extra_float_digits = -10; set bytea_output = 'escape'");
        Assert.Empty(before.LossTo(await bench.ImageAsync()));
        await ExecuteAsync(bench, "begin; set local timezone = 'America/Lima'");
        Assert.Empty(before.LossTo(await bench.ImageAsync()));
        Assert.Equal("German, DMY America/Lima -10 escape", await SettingsAsync(bench));
        await ExecuteAsync(bench, "commit");
        Assert.Equal("German, DMY Asia/Tokyo -10 escape", await SettingsAsync(bench));
    }

    [Fact]
    public async Task Where_a_sequence_stands_is_told_apart()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, "create sequence s; create table t (id int generated always as identity)");
        var before = await bench.ImageAsync();
        await bench.ExecuteAsync("select nextval('s'), nextval('s')");
        var after = await bench.ImageAsync();

        Assert.Empty(before.LossTo(after));
        Assert.Equal((null, 2L, null), (before.Sequences["public.s"], after.Sequences["public.s"], after.Sequences["public.t_id_seq"]));
    }

    private static string Told(RowLoss loss) => $"{loss.Table} [{string.Join(", ", loss.Columns)}] {loss.RowsBefore} -> {loss.RowsAfter}: {loss.What}";

    private static Task<string> SettingsAsync(RowBench bench) => ScalarAsync(bench, "select concat_ws(' ', current_setting('datestyle'), current_setting('timezone'), current_setting('extra_float_digits'), current_setting('bytea_output'))");

    private static async Task<string> ScalarAsync(RowBench bench, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, bench.Session.Connection);
        return (string)(await command.ExecuteScalarAsync(Workbench.Token))!;
    }

    private static async Task ExecuteAsync(RowBench bench, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, bench.Session.Connection);
        await command.ExecuteNonQueryAsync(Workbench.Token);
    }
}
