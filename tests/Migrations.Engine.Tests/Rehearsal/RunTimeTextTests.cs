using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Text that is only put together at run time may do anything: it is rehearsed where it can do no harm, or not at all.</summary>
public sealed class RunTimeTextTests(Servers servers) : IDisposable
{
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"migrations-trace-{Guid.NewGuid():N}");

    private string Program => $"'co' || 'py (select 1) to pro' || 'gram ''touch {_trace}'''";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_program_that_is_named_at_run_time_is_not_begun(int major)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_out.sql", $"create table t (id int);\ndo $$ begin execute {Program}; end $$;").With("002_next.sql", "select 1;");
        var reports = await bench.TestOfflineAsync();
        Assert.False(File.Exists(_trace));
        Assert.Equal([ProofVerdict.Unproven, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
        Assert.Null(reports[0].Error);
        Assert.Contains("put together at run time", reports[0].Find("atomic")!.Reason, StringComparison.Ordinal);
        Assert.Contains("42501", reports[0].Find("atomic")!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("select reach();")]
    [InlineData("insert into t values (1);")]
    [InlineData("do 'begin perform reach(); end';")]
    [InlineData("create view v as select reach(); create table copied as select * from v;")]
    [InlineData("select 1;\n-- migrate:down\nselect reach();")]
    public async Task Nor_by_a_routine_that_was_there_before(string script)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql",
            $"""
            create table t (id int);
            create function reach() returns int language plpgsql as $$ begin execute {Program}; return 1; end $$;
            create function reach_too() returns trigger language plpgsql as $$ begin perform reach(); return new; end $$;
            create trigger reach before insert on t for each row execute function reach_too();
            """).With("002_out.sql", "-- migrate:up\n" + script);
        var reports = await bench.TestOfflineAsync();
        Assert.False(File.Exists(_trace));
        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
    }

    [Theory]
    [InlineData("execute 'reset session ' || 'authorization';")]
    [InlineData("execute 'set ro' || 'le postgres';")]
    [InlineData("execute 'alter role ' || quote_ident(current_user) || ' superuser';")]
    [InlineData("execute 'set session authorization ' || 'postgres';")]
    public async Task Nor_after_a_try_to_become_a_superuser_again(string first)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_out.sql", $"do $$ begin begin {first} exception when others then null; end; execute {Program}; end $$;");
        var report = await bench.TestOneAsync();
        Assert.False(File.Exists(_trace));
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
    }

    [Theory]
    [InlineData("create function safe() returns void language plpgsql security definer as $$ begin perform 1; end $$; alter function safe() owner to postgres;", "rights of a superuser")]
    [InlineData("create foreign data wrapper out; create server elsewhere foreign data wrapper out;", "the foreign server elsewhere")]
    [InlineData("grant execute on function lo_export(oid, text) to public;", "lo_export")]
    public async Task Where_the_database_has_a_way_out_it_is_not_run(string before, string reason)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_before.sql", before).With("002_out.sql", "do $$ begin execute 'create table ' || 't (id int)'; end $$;");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
        Assert.Empty(report.Statements);
        Assert.Contains(reason, report.Find("atomic")!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_that_a_script_has_granted_is_no_way_around()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, ownSandbox: true))
            .With("001_grant.sql", "create role mighty; grant pg_execute_server_program to mighty; grant mighty to current_user;")
            .With("002_out.sql", $"do $$ begin execute {Program}; end $$;");
        var reports = await bench.TestOfflineAsync();
        Assert.False(File.Exists(_trace));
        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_ordinary_script_of_this_kind_is_proven_as_before_and_the_report_says_how(int major)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major, ownSandbox: true))
            .With("001_t.sql", "create role app_of_text; create table t (id int primary key, name text); alter table t owner to app_of_text; create schema s authorization postgres; create table s.x (id int); grant create on schema s to app_of_text;")
            .With("002_more.sql",
                """
                -- migrate:up
                do $$ begin execute format('alter table %I add column age int', 't'); end $$;
                alter table t alter column name set default 'x';
                create extension if not exists pg_trgm;
                create materialized view m as select id from t;
                create table s.y (id int references t);
                alter table s.y owner to app_of_text;
                -- migrate:down
                drop table s.y;
                drop materialized view m;
                drop extension pg_trgm;
                do $$ begin execute 'alter table t drop column age, alter column name drop default'; end $$;
                """)
            .With("003_plain.sql", "create extension pg_stat_statements;");
        var reports = await bench.TestOfflineAsync();
        Assert.All(reports, report => Assert.Null(report.Error));
        Assert.Equal("", string.Join("\n", reports.Take(2).SelectMany(report => report.Proofs).Where(proof => !proof.Passes).Select(proof => proof.Reason).Distinct()));
        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Proven], reports.Take(2).Select(report => report.Verdict));
        Assert.Equal(["Proven", "NotApplicable", "Proven", "Proven", "Refuted"], reports[1].Proofs.Select(proof => proof.Verdict.ToString()));
        Assert.Contains(reports[1].Rows, table => table is { Table: "public.t", Rows: >= 20 });
        Assert.Contains(reports[1].Notes, note => note.Contains("line 2, runs text", StringComparison.Ordinal) && note.Contains("without the rights of a superuser", StringComparison.Ordinal));
        Assert.DoesNotContain(reports[0].Notes, note => note.Contains("superuser", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_applied_script_of_this_kind_does_no_harm_either()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_out.sql", $"do $$ begin execute {Program.Replace("touch", "test -d /tmp; cat > /dev/null; #", StringComparison.Ordinal)}; end $$;");
        await bench.Target.UpAsync();
        bench.With("002_t.sql", "create table t (id int);");
        var refused = await Assert.ThrowsAsync<EngineException>(() => bench.TestAsync());
        Assert.Equal("RehearsalNotPossible", refused.ErrorId);
        Assert.Contains("42501", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_server_keeps_no_role_of_the_rehearsal()
    {
        var before = await RolesAsync();
        using var bench = (await RehearsalBench.CreateAsync(servers, 17)).With("001_t.sql", "create table t (id int); do $$ begin execute 'create table u (id int)'; end $$;");
        Assert.Equal(ProofVerdict.Proven, (await bench.TestOneAsync()).Verdict);
        Assert.Empty(bench.Target.Activity.Warnings);
        Assert.Equal(before, await RolesAsync());

        async Task<string?> RolesAsync() => await Servers.ScalarAsync<string>((await servers.ServerAsync(17)).ConnectionString, "select string_agg(rolname, ',' order by rolname) from pg_roles");
    }

    [Theory]
    [InlineData("create trigger a after insert on t for each row execute function public.\"F\"();", false)]
    [InlineData("grant execute on function f() to public;", false)]
    [InlineData("prepare p as select 1; execute p;", false)]
    [InlineData("do $$ begin execute function ('drop table t'); end $$;", true)]
    [InlineData("do $$ begin open c for execute q; end $$;", true)]
    [InlineData("do e'begin exe\\x63ute q; end';", true)]
    [InlineData("do language plperl $$ spi_exec_query($q) $$;", true)]
    [InlineData("select query_to_xml(q, true, true, '') from t;", true)]
    [InlineData("update pg_proc set prosrc = replace(prosrc, 'a', 'b');", true)]
    public async Task It_is_known_by_its_words(string text, bool isIn)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_a.sql", text);
        Assert.Equal(isIn, RunTimeText.Find(bench.Target.Project.Load().Versioned[0]) is not null);
    }

    [Theory]
    [InlineData("copy t to '/never/there';", "copy t to")]
    [InlineData("do $$ begin copy t from $a$/etc/hostname$a$; end $$;", "from")]
    [InlineData("select lo_export(1, '/never/there');", "lo_export")]
    [InlineData("create function f() returns int language plpython3u as 'import os';", "plpython3u")]
    public async Task Files_of_the_server_and_languages_without_bounds_are_not_run(string statement, string reason)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_reach.sql", statement);
        var report = await bench.TestOneAsync();
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
        Assert.Contains(reason, report.Find("atomic")!.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_trace);
}
