using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What pg_dump writes is a baseline script as it stands. The proof is a second dump.</summary>
public sealed class ForeignDumpTests(Servers servers)
{
    private const string Roles = """
        do $$ begin create role "dump reader"; exception when duplicate_object then null; end $$;
        """;

    private const string Rich = """
        create schema "odd Schema";
        comment on schema "odd Schema" is 'it''s; odd';
        create type mood as enum ('sad', 'ok; fine', 'it''s');
        create domain positive as int constraint above_zero check (value > 0);
        create type pair as (a int, b text);
        create sequence "odd Schema"."Seq; uence" start 7;
        create table "odd Schema"."Ta""ble; -- no comment" (
            id bigint generated always as identity primary key,
            m mood not null default 'ok; fine',
            p positive,
            "co:lumn" text collate "C",
            twice int generated always as (p * 2) stored,
            j jsonb default '{"a": ";"}');
        create table parent (id int, at date not null, note text, primary key (id, at)) partition by range (at);
        create table parent_1 partition of parent for values from ('2026-01-01') to ('2026-02-01');
        create table parent_rest partition of parent default;
        create table child (id int primary key, parent int, at date, self int references child deferrable initially deferred, foreign key (parent, at) references parent);
        create index "ind;ex" on child (coalesce(self, 0)) where self > 0;
        create index on parent (note);
        create unlogged table bytes (b bytea, n numeric, t timestamptz, a text[]);
        create function atomic_case(n int) returns text language sql immutable
            begin atomic select case when n > 0 then 'begin; end' else (select 'x' as s) end; end;
        create procedure atomic_insert(n int) language sql begin atomic; insert into child (id) values (n); insert into child (id) values (n + 1); end;
        create function touch() returns trigger language plpgsql as $fn$ begin new.self := new.self; return new; end $fn$;
        create trigger touch before insert or update on child for each row when (new.self is not null) execute function touch();
        create view mother with (security_barrier) as select id, note from parent where note is distinct from 'a;b' with local check option;
        create materialized view counted as select count(*) as n from parent;
        create rule mother_delete as on delete to mother do instead (update parent set note = null where id = old.id; notify gone);
        create view "select" as select 1 as "from";
        alter table child enable row level security;
        create policy own on child for select to "dump reader" using (id > 0);
        grant select on child to "dump reader";
        grant usage on schema "odd Schema" to "dump reader";
        alter default privileges in schema "odd Schema" grant select on tables to "dump reader";
        comment on column child.self is E'line\none; \\ back';
        create statistics stat on id, parent from child;
        create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0');
        create operator === (leftarg = int, rightarg = int, function = int4eq);
        create function watch() returns event_trigger language plpgsql as 'begin raise notice ''made''; end';
        create event trigger watch on ddl_command_end when tag in ('CREATE CAST') execute function watch();
        """;

    private const string Rows = """
        insert into "odd Schema"."Ta""ble; -- no comment" (m, p, "co:lumn") values ('it''s', 1, E'tab\tback\\slash\nnew;line\rreturn'), ('sad', null, null), ('sad', 3, '\N'), ('sad', 4, '\.'), ('sad', 5, ''), ('sad', 6, 'ä😀 :name ${x}');
        insert into parent values (1, '2026-01-05', 'a;b'), (2, '2030-01-01', '$$;'), (3, '2026-01-06', null);
        insert into child values (1, 1, '2026-01-05', 2), (2, null, null, 1);
        insert into bytes values ('\x00ff5c', 1e30, '2026-01-01 00:00:00+00', array['{', '"', null, '\']);
        select lo_from_bytea(0, '\x0001ff27'), lo_from_bytea(0, decode(repeat('41', 5000), 'hex'));
        comment on large object 1 is 'never; mind';
        select setval('"odd Schema"."Seq; uence"', 99);
        refresh materialized view counted;
        """;

    private const string WithReturns = "begin\r\n  return 'a\r\nb; c';\r\nend";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public Task A_dump_runs_unchanged_and_its_dump_is_the_same(int major) => RoundTripAsync(major);

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public Task So_does_a_dump_with_inserts(int major) => RoundTripAsync(major, "--inserts");

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public Task So_does_one_with_column_names_that_drops_first_what_may_be_there(int major) =>
        RoundTripAsync(major, "--column-inserts", "--clean", "--if-exists", "--quote-all-identifiers", "--disable-dollar-quoting");

    /// <summary>The way to a newer server; the older pg_dump cannot read it, and so the rows and the bodies are the measure.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_dump_of_the_oldest_server_runs_on_every_newer_one(int major)
    {
        const string Content = """
            select md5(concat(
                (select string_agg(t::text, '|' order by t::text) from "odd Schema"."Ta""ble; -- no comment" t),
                (select string_agg(t::text, '|' order by t::text) from parent t), (select string_agg(t::text, '|' order by t::text) from child t), (select string_agg(t::text, '|') from bytes t),
                (select string_agg(proname || prosrc, '|' order by proname) from pg_proc where pronamespace = 'public'::regnamespace),
                (select string_agg(md5(lo_get(oid)), '|' order by oid) from pg_largeobject_metadata),
                (select n from counted), atomic_case(1), atomic_case(0), nextval('"odd Schema"."Seq; uence"')))
            """;
        var pgDump = await ForeignProgram.PgDumpOrSkipAsync(15);
        using var source = await SourceAsync(15);
        using var bench = await Workbench.CreateAsync(servers, major);
        await bench.ExecuteAsync(Roles);
        bench.With("001_baseline.sql", await DumpAsync(pgDump, source));

        await bench.UpAsync();

        Assert.Equal(await source.ScalarAsync<string>(Content), await bench.ScalarAsync<string>(Content));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_dump_that_would_make_and_change_the_database_is_refused_with_the_way_out(int major)
    {
        var pgDump = await ForeignProgram.PgDumpOrSkipAsync(major);
        using var bench = await Workbench.CreateAsync(servers, major);
        bench.With("001_baseline.sql", await DumpAsync(pgDump, bench, "--create"));

        var failure = Assert.Throws<ScriptException>(() => bench.Project.Load());

        Assert.Equal("MetaCommandRefused", failure.ErrorId);
        Assert.Contains("\\connect", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--create", failure.Advice, StringComparison.Ordinal);
    }

    /// <summary>Research, pain 23: a dump empties search_path, and other tools lose their own tables by it.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task What_comes_after_a_dump_sees_the_session_that_it_always_sees(int major)
    {
        var pgDump = await ForeignProgram.PgDumpOrSkipAsync(15);
        using var source = await Workbench.CreateAsync(servers, 15);
        await source.ExecuteAsync("create table t (n int)");
        using var bench = await Workbench.CreateAsync(servers, major);
        bench.With("001_baseline.sql", await DumpAsync(pgDump, source))
            .With("002_next.sql", "create table next as select n from t;\ncreate table before_it as select current_setting('search_path') as path, current_setting('client_min_messages') as level;");

        await bench.UpAsync();

        Assert.Equal("\"$user\", public|notice|0", await bench.ScalarAsync<string>("select path || '|' || level || '|' || (select count(*) from next) from before_it"));
        Assert.Equal([MigrationState.Applied, MigrationState.Applied], (await bench.StatesAsync()).Values);
    }

    [Fact]
    public async Task The_newest_pg_dump_fences_its_text_with_restrict()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_baseline.sql", """
            --
            -- PostgreSQL database dump
            --

            \restrict 6kVPWzpTNuMfBLSUmKTPAAZeTCnPcFmR6QqjWGNrLVuZnuTF1bYv2k3rtXuNwHz

            -- Dumped from database version 18.1
            -- Dumped by pg_dump version 18.1

            SET statement_timeout = 0;
            SET lock_timeout = 0;
            SET idle_in_transaction_session_timeout = 0;
            SET transaction_timeout = 0;
            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);
            SET check_function_bodies = false;
            SET xmloption = content;
            SET client_min_messages = warning;
            SET row_security = off;

            CREATE TABLE public.t (
                n integer NOT NULL,
                s text
            );

            COPY public.t (n, s) FROM stdin;
            1	a\\b
            2	\N
            \.


            ALTER TABLE ONLY public.t
                ADD CONSTRAINT t_pkey PRIMARY KEY (n);


            --
            -- PostgreSQL database dump complete
            --

            \unrestrict 6kVPWzpTNuMfBLSUmKTPAAZeTCnPcFmR6QqjWGNrLVuZnuTF1bYv2k3rtXuNwHz

            """);

        await bench.UpAsync();

        Assert.Equal("1:a\\b,2:", await bench.ScalarAsync<string>("select string_agg(n || ':' || coalesce(s, ''), ',' order by n) from t"));
    }

    private async Task RoundTripAsync(int major, params string[] options)
    {
        var pgDump = await ForeignProgram.PgDumpOrSkipAsync(major);
        using var source = await SourceAsync(major);
        var dump = await DumpAsync(pgDump, source, options);
        Assert.Contains("\r\n", dump, StringComparison.Ordinal);

        using var bench = await Workbench.CreateAsync(servers, major);
        bench.With("001_baseline.sql", dump);
        await bench.UpAsync();

        Assert.Equal(WithReturns, await bench.ScalarAsync<string>("select prosrc from pg_proc where proname = 'returns'"));
        Assert.Equal(Comparable(dump), Comparable(await DumpAsync(pgDump, bench, options)));
        Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
    }

    private async Task<Workbench> SourceAsync(int major)
    {
        var source = await Workbench.CreateAsync(servers, major);
        await source.ExecuteAsync(Roles);
        await source.ExecuteAsync("select lo_create(1)");
        // The driver would cut the bodies at their semicolons; our own runner does not, and psql may be absent.
        source.With("001_rich.sql", Rich).With("002_rows.sql", Rows);
        await source.UpAsync();
        await source.ExecuteAsync($"create function returns() returns text language plpgsql as $fn${WithReturns}$fn$");
        return source;
    }

    /// <summary>Without the module's own tables.</summary>
    private static Task<string> DumpAsync(ForeignProgram pgDump, Workbench bench, params string[] options) =>
        pgDump.RunAsync("/", bench.ConnectionString, ["--exclude-schema=migrations", .. options]);

    private static IEnumerable<string> Comparable(string dump) =>
        dump.Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal) && !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal));
}
