using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What people write for psql runs on real servers: included files, variables, rows in the script and in files.</summary>
public sealed class ForeignTextTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Included_files_and_variables_run_as_in_psql(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_main.sql", """
                \set name 'it''s'
                \set tab 'odd "table'
                \i shared/tables.sql
                \ir parts/rows.inc
                insert into :"tab" values (3, :'name'), (4, ':name $$ :name $$'), (5, $$:name$$), (6, array[:n, 2]::text) -- :name
                ;
                select 'a'::text, now()::date;
                """)
            .With("shared/tables.sql", "create table :\"tab\" (n int, s text);\n\\ir more/one.sql\n")
            .With("shared/more/one.sql", "insert into :\"tab\" values (:n, 'one')")
            .With("versions/parts/rows.inc", "insert into :\"tab\" values (2, :'name' || '!');\n");
        bench.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("n", "1").With("name", "of the command line") };

        await bench.UpAsync();

        Assert.Equal("1=one|2=it's!|3=it's|4=:name $$ :name $$|5=:name|6={1,2}", await bench.ScalarAsync<string>("""select string_agg(n || '=' || s, '|' order by n) from "odd ""table" """));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_error_in_an_included_file_names_that_file_and_line(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_main.sql", "create table t (n int);\n\\ir ../shared/bad.sql\n")
            .With("shared/bad.sql", "-- first\nselect 1;\nselect missing\nfrom t;\n");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal("shared/bad.sql:3:8", failure.SourcePosition!.ToString());
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Files_and_rows_are_copied_inside_the_scripts_transaction(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_rows.sql", """
                create table t (n int, s text);
                \copy t from 'data/rows.csv' csv header
                \copy t (s, n) from data/rows.txt
                COPY t (n, s) FROM stdin WITH (FORMAT csv, DELIMITER ';', NULL 'nil');
                5;"five; ""quoted""
                and more"
                6;nil
                \.
                copy public.t from stdin; insert into t values (9, 'behind');
                7	tab\tand \\ and \N
                8	\N
                \.
                """)
            .With("data/rows.csv", "n,s\r\n1,\"one, 1\"\r\n2,\r\n")
            .With("data/rows.txt", "three\t3\nvier ä😀\t4\n");

        await bench.UpAsync();

        Assert.Equal("1=one, 1|2=~|3=three|4=vier ä😀|5=five; \"quoted\"\nand more|6=~|7=tab\tand \\ and N|8=~|9=behind",
            await bench.ScalarAsync<string>("select string_agg(n || '=' || coalesce(s, '~'), '|' order by n) from t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_row_that_fails_is_named_by_its_file_and_line(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("data/rows.csv", "n,s\n1,one\nzwei,two\n").With("data/twice.txt", "1\n2\n1\n");

        bench.With("001_t.sql", "create table t (n int primary key, s text);\n\n\\copy t from 'data/rows.csv' with (format csv, header)\n");
        var inCsv = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Equal(("22P02", "data/rows.csv:3:1"), (inCsv.SqlState, inCsv.SourcePosition!.ToString()));
        Assert.Contains("3 | zwei,two", inCsv.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("t"));

        bench.With("001_t.sql", "create table t (n int primary key, s text);\n\\copy t (n) from 'data/twice.txt'\n");
        var inText = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Equal(("23505", "data/twice.txt:3:1"), (inText.SqlState, inText.SourcePosition!.ToString()));

        bench.With("001_t.sql", "create table t (n int primary key, s text);\ncopy t from stdin;\n1\tone\n2\ttwo\tmore\n\\.\n");
        var inBlock = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Equal(("22P04", "versions/001_t.sql:4:1"), (inBlock.SqlState, inBlock.SourcePosition!.ToString()));

        bench.With("001_t.sql", "create table t (n int primary key, s text);\n\\copy t from 'data/gone.csv' csv\n");
        Assert.Equal("IncludeMissing", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        bench.With("001_t.sql", "create table t (n int);\n\\copy t from '../outside.csv' csv\n");
        Assert.Equal("IncludeOutside", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.HasTableAsync("t"));
    }

    /// <summary>Research, pains 12 and 13: the same script under another line end, with other comments, is the same script.</summary>
    [Fact]
    public async Task A_checkout_with_other_line_ends_or_comments_is_the_same_script()
    {
        const string Text = "create function f() returns text language sql as $$\n  select 'a\nb' $$;\n";
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_f.sql", Text.ReplaceLineEndings("\r\n"));
        await bench.UpAsync();
        Assert.Equal("\n  select 'a\nb' ", await bench.ScalarAsync<string>("select prosrc from pg_proc where proname = 'f'"));

        foreach (var same in new[] { Text, "\uFEFF" + Text, "-- a licence\n\n" + Text, Text + "-- the end" })
        {
            bench.With("001_f.sql", same);
            Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
            Assert.Empty(await bench.UpAsync());
        }

        bench.With("001_f.sql", Text.Replace("b'", "c'", StringComparison.Ordinal));
        Assert.Equal(MigrationState.Changed, Assert.Single(await bench.StatusAsync()).State);
    }

    [Fact]
    public async Task A_return_between_lines_that_have_none_reaches_the_server_and_no_hash()
    {
        const string Text = "create function f() returns text language sql as $$\r\n  select 'a\r\nb' $$;\nselect 1;\n";
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_f.sql", Text);
        await bench.UpAsync();
        Assert.Equal("\r\n  select 'a\r\nb' ", await bench.ScalarAsync<string>("select prosrc from pg_proc where proname = 'f'"));

        bench.With("001_f.sql", Text.ReplaceLineEndings("\n"));
        Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
        bench.With("001_f.sql", Text.ReplaceLineEndings("\r\n"));
        Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
    }

    /// <summary>Research, pain 11: what looks like somebody's placeholder is data until it is declared.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Nothing_that_looks_like_a_placeholder_is_touched_in_quotes(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_body.sql", """
            create function f() returns text language plpgsql as $body$ begin return '$x$ ${x} :x $body' || $q$:x$q$; end $body$;
            create table t as select f() as s, '$variable$'::text as v, '12:30:59'::time as at, (array[1,2,3])[2:3] as part;
            """);
        bench.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("x", "WRONG") };

        await bench.UpAsync();

        Assert.Equal("$x$ ${x} :x $body:x|$variable$|12:30:59|{2,3}", await bench.ScalarAsync<string>("select concat_ws('|', s, v, at, part) from t"));
    }

    /// <summary>Research, pains 9 and 10: bodies that other splitters cut, and a name that only looks like one.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Bodies_that_other_tools_cut_arrive_whole(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_bodies.sql", """
            create table begin_atomic (atomic int, "begin" int, "end;" int);
            create function f(atomic int) returns int begin atomic select case atomic when 1 then 2 else 3 end; select case when true then atomic end; end;
            create function nested() returns text language plpgsql as $a$
            declare x text := $b$ ; $c$ end; $c$ ; $b$;
            begin
                /* ; /* nested ; */ ' */ -- '
                begin perform 1; end;
                execute $e$ do $d$ begin null; end $d$; $e$;
                return x || ';' || E'\';';
            end;
            $a$;
            create function atomic_returns(a int) returns int return a + 1;
            create table result as select f(1) as f, nested() as n, atomic_returns(1) as r;
            """);

        await bench.UpAsync();

        Assert.Equal("1| ; $c$ end; $c$ ; ;';|2", await bench.ScalarAsync<string>("select concat_ws('|', f, n, r) from result"));
    }
}
