using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class RowSamplerTests(Servers servers)
{
    private const string Schema =
        """
        create domain mail as text check (value ~ '^[^@ ]+@[^@ ]+[.][a-z]+$');
        create type mood as enum ('sad', 'ok');
        create table purpose (code text primary key, label text not null);
        create table person (id bigint generated always as identity primary key, email mail unique not null, name text, born date, seen timestamptz, height numeric(5, 2), m mood, vip boolean,
            doc jsonb, photo bytea, token uuid, ip inet, state text not null check (state in ('new', 'old')), boss bigint references person, tags text[]);
        create table answer (id bigint generated always as identity primary key, person_id bigint not null references person, purpose text not null references purpose, note text, hash bytea not null check (hash = sha256(convert_to(note, 'UTF8'))));
        create table strict (id int primary key, word text not null check (word <> ''));
        create table empty (id int primary key);
        """;

    private const string Rows =
        """
        insert into purpose select 'purpose-' || g, 'Label ' || g from generate_series(1, 5) g;
        insert into person (email, name, born, seen, height, m, vip, doc, photo, token, ip, state, boss, tags)
        select 'person' || g || '@secret.example', case when g % 5 = 0 then null else 'Éva Müller 李' || g end, date '1980-01-01' + g, timestamptz '2026-01-01 10:00:00+00' + g * interval '1 hour', 150 + g / 10.0, 'ok', g % 2 = 0,
               jsonb_build_object('phone', '+36 30 555 ' || g, 'n', 123456, 'list', jsonb_build_array('secret list', null, true)), '\x5ec4e7'::bytea, gen_random_uuid(), '10.1.2.3', 'new', case when g > 100 then g - 100 end, array['secret tag']
        from generate_series(1, 400) g;
        insert into answer (person_id, purpose, note, hash) select 401 - g, 'purpose-' || 1 + g % 5, 'secret note ' || g, sha256(convert_to('secret note ' || g, 'UTF8')) from generate_series(1, 300) g;
        insert into strict select g, 'x2' from generate_series(1, 9) g;
        """;

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Sampled_rows_keep_their_form_their_keys_and_none_of_their_text(int major)
    {
        await using var source = await RowBench.CreateAsync(servers, major, Schema + Rows);
        await using var sandbox = await RowBench.CreateAsync(servers, major, Schema);
        var before = await source.ImageAsync();

        var placed = await PlaceAsync(sandbox, source.Database);

        Assert.Empty(before.LossTo(await source.ImageAsync()));
        Assert.Equal(0, await sandbox.OrphansAsync());
        Assert.All(placed.Values, table => Assert.InRange(table.Rows, 24, 200));
        Assert.Null(placed["public.person"].Reason);
        Assert.Null(placed["public.answer"].Reason);
        Assert.Contains("the source holds none", placed["public.empty"].Reason, StringComparison.Ordinal);
        Assert.Equal("", await sandbox.ScalarAsync<string>(
            """
            select concat_ws(' ', case when bool_or(email ~ 'person|secret|example') then 'email' end, case when bool_or(name ~ 'Müller|Éva|李') then 'name' end,
                   case when bool_or(doc::text ~ '[+]36 30 555|secret|123456') then 'doc' end, case when bool_or(photo = '\x5ec4e7') then 'photo' end, case when bool_or(ip = '10.1.2.3') then 'ip' end,
                   case when bool_or(tags::text ~ 'secret') then 'tags' end, case when (select bool_or(note ~ 'secret') from answer) then 'note' end)
            from person
            """));
        Assert.True(await sandbox.ScalarAsync<bool>("select bool_and(email ~ '^[a-z]{6}[0-9]+@[a-z]{6}[.][a-z]{7}$') and bool_and(state = 'new') and bool_and(doc ? 'phone' and doc->>'phone' ~ '^[+][0-9]{2} [0-9]{2} [0-9]{3} [0-9]+$') and bool_or(name is null) from person"));
        Assert.True(await sandbox.ScalarAsync<bool>("select bool_and(hash = sha256(convert_to(note, 'UTF8'))) and bool_and(length(note) between 13 and 15) from answer"));
        // A shift by a constant: distances stay.
        Assert.Equal(await source.ScalarAsync<int>("select max(born) - min(born) from person where id <= 24"), await sandbox.ScalarAsync<int>("select max(born) - min(born) from person where id <= 24"));
        Assert.NotEqual(await source.ScalarAsync<string>("select min(born)::text from person where id <= 24"), await sandbox.ScalarAsync<string>("select min(born)::text from person where id <= 24"));
        await sandbox.ExecuteAsync("insert into person (email, state) values ('a@b.c', 'old')");
    }

    [Fact]
    public async Task Two_runs_mask_differently()
    {
        await using var source = await RowBench.CreateAsync(servers, 18, Schema + Rows);
        await using var first = await RowBench.CreateAsync(servers, 18, Schema);
        await using var second = await RowBench.CreateAsync(servers, 18, Schema);
        await PlaceAsync(first, source.Database);
        await PlaceAsync(second, source.Database);

        Assert.NotEqual(await first.ScalarAsync<string>("select min(email) from person"), await second.ScalarAsync<string>("select min(email) from person"));
    }

    [Fact]
    public async Task A_table_that_may_not_be_read_or_is_not_there_is_made_up_and_says_so()
    {
        await using var source = await RowBench.CreateAsync(servers, 18, Schema + Rows + "create role sampler_some login password 'x'; grant select on person, purpose, answer, empty to sampler_some; drop table empty;");
        await using var sandbox = await RowBench.CreateAsync(servers, 18, Schema);
        await using var database = new Database(ConnectionOptions.Parse(new NpgsqlConnectionStringBuilder(source.Where) { Username = "sampler_some", Password = "x" }.ConnectionString), new SilentActivity());

        var placed = await PlaceAsync(sandbox, database);

        Assert.Contains("GRANT SELECT ON public.strict TO \"sampler_some\"", placed["public.strict"].Reason, StringComparison.Ordinal);
        Assert.Contains("the source has no such table", placed["public.empty"].Reason, StringComparison.Ordinal);
        Assert.Null(placed["public.person"].Reason);
        Assert.All(placed.Values, table => Assert.InRange(table.Rows, 24, 200));
    }

    private static async Task<Dictionary<string, PlacedRows>> PlaceAsync(RowBench sandbox, Database source) =>
        (await new RowPlacer(RowRange.Bounds, new RowSampler(source, TimeSpan.FromSeconds(10))).PlaceAsync(sandbox.Session, RowBench.OwnSchemas, RowPlacer.Wanted, Workbench.Token)).ToDictionary(placed => placed.Table);
}
