using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class ProofTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_script_that_keeps_what_it_claims_is_proven(int major)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_users.sql",
            """
            -- migrate:up
            create table users (id bigint generated always as identity primary key, email text not null unique);
            create index users_lower on users (lower(email));
            create view user_names as select id, email from users;
            -- migrate:down
            drop view user_names;
            drop table users;
            """);
        var report = await bench.TestOneAsync();
        Assert.Null(report.Error);
        Assert.Equal(["Proven", "NotApplicable", "Proven", "Proven", "Refuted"], report.Proofs.Select(proof => proof.Verdict.ToString()));
        Assert.Equal(ProofVerdict.Proven, report.Verdict);
        Assert.Contains("each of its 3 statements", report.Find("atomic")!.Reason);
        Assert.NotEqual(report.SchemaBefore, report.SchemaAfter);
        Assert.Equal(3, report.Statements.Count);
    }

    [Fact]
    public async Task A_down_that_leaves_something_behind_is_refuted_with_the_difference()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql",
            """
            -- migrate:up
            create table users (id int primary key);
            create sequence tickets;
            -- migrate:down
            drop table users;
            """);
        var report = await bench.TestOneAsync();
        var reversible = report.Find("reversible")!;
        Assert.Equal(ProofVerdict.Refuted, reversible.Verdict);
        Assert.Contains(reversible.Differences, difference => difference is { Kind: "sequence", Identity: "public.tickets" });
        Assert.Equal(ProofVerdict.Refuted, report.Find("repeatable")!.Verdict);
        Assert.Contains("already exists", report.Find("repeatable")!.Reason);
        Assert.Equal(ProofVerdict.Refuted, report.Verdict);
    }

    [Fact]
    public async Task A_down_that_brings_the_column_back_and_not_its_values_is_lossy_and_names_the_column()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_users.sql", "create table users (id int primary key, nick text, email text);")
            .With("002_no_nick.sql", "-- migrate:up\nalter table users drop column nick;\n-- migrate:down\nalter table users add column nick text;");
        var report = (await bench.TestOfflineAsync())[1];
        var reversible = report.Find("reversible")!;
        Assert.Equal(ProofVerdict.Refuted, reversible.Verdict);
        Assert.Empty(reversible.Differences);
        var loss = Assert.Single(reversible.Losses);
        Assert.Equal(("public.users", "nick"), (loss.Table, Assert.Single(loss.Columns)));
        Assert.StartsWith("Lossy", reversible.Reason, StringComparison.Ordinal);
        Assert.Contains(report.Rows, table => table is { Table: "public.users", Rows: >= 20 });
    }

    [Fact]
    public async Task A_script_that_runs_in_parts_is_resumable_when_the_next_run_finishes_it_after_any_crash()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_users.sql", "create table users (id int primary key, email text);")
            .With("002_index.sql",
                """
                -- migrate:up
                alter table users add column city text;
                create index concurrently users_email on users (email);
                create index concurrently users_city on users (city);
                -- migrate:down
                alter table users drop column city;
                drop index concurrently users_email;
                """);
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Null(report.Error);
        Assert.Equal(ProofVerdict.NotApplicable, report.Find("atomic")!.Verdict);
        Assert.Equal(ProofVerdict.Proven, report.Find("resumable")!.Verdict);
        Assert.Contains("each of its 3 statements", report.Find("resumable")!.Reason);
        Assert.Equal(ProofVerdict.Proven, report.Find("reversible")!.Verdict);
    }

    [Fact]
    public async Task Rows_that_are_others_after_a_crash_refute_it()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_t.sql", "create table t (id int primary key, n int);")
            .With("002_parts.sql",
                """
                select pg_advisory_lock(42);
                create index concurrently t_n on t (n);
                update t set n = (select count(*) from pg_locks where locktype = 'advisory' and objid = 42 and classid = 0 and database = (select oid from pg_database where datname = current_database()));
                """);
        var resumable = (await bench.TestOfflineAsync())[1].Find("resumable")!;
        Assert.Equal(ProofVerdict.Refuted, resumable.Verdict);
        Assert.Equal(("public.t", "n"), (Assert.Single(resumable.Losses).Table, Assert.Single(resumable.Losses[0].Columns)));
        Assert.Empty(resumable.Differences);
    }

    [Fact]
    public async Task What_two_undisturbed_runs_do_not_do_alike_is_no_fault_of_a_crash()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_t.sql", "create table seen (at timestamptz); create table t (id bigint generated always as identity primary key, name text);")
            .With("002_parts.sql", "insert into seen values (clock_timestamp());\ninsert into t (name) values ('by the script');\ncreate index concurrently t_name on t (name);");
        var resumable = (await bench.TestOfflineAsync())[1].Find("resumable")!;
        Assert.Equal(ProofVerdict.Proven, resumable.Verdict);
        Assert.Contains("the rows of public.seen were not compared", resumable.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_catalog_cannot_decide_after_a_crash_leaves_the_proof_open()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_numbers.sql", "create table numbers (n int); create procedure fill() language plpgsql as $$ begin insert into numbers values (1); commit; end $$;")
            .With("002_fill.sql", "-- migration: Fill\n-- transaction: never\ncall fill();");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Equal(ProofVerdict.Unproven, report.Find("resumable")!.Verdict);
        Assert.Contains("Repair-Migration", report.Find("resumable")!.Reason);
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
    }

    [Fact]
    public async Task A_repeatable_claims_that_its_text_may_run_again()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_users.sql", "create table users (id int primary key);");
        bench.Target.Project.With("repeatable/good.sql", "create or replace view good as select id from users;");
        bench.Target.Project.With("repeatable/worse.sql", "insert into users select coalesce(max(id), 0) + 1 from users;");
        var reports = await bench.TestOfflineAsync();
        Assert.Equal(ProofVerdict.Proven, reports.Single(report => report.Name == "good").Find("idempotent")!.Verdict);
        var worse = reports.Single(report => report.Name == "worse");
        Assert.Equal(ProofVerdict.Refuted, worse.Find("idempotent")!.Verdict);
        Assert.Equal(ProofVerdict.Refuted, worse.Verdict);
    }

    [Fact]
    public async Task A_script_that_fails_is_a_report_with_the_place_and_what_comes_after_it_is_unproven()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_good.sql", "create table users (id int primary key);")
            .With("002_bad.sql", "create table roles (id int);\nalter table usres add column x int;")
            .With("003_after.sql", "create table more (id int);");
        var reports = await bench.TestOfflineAsync();
        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Refuted, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
        Assert.Equal(("42P01", 2), (reports[1].Error!.SqlState, reports[1].Error!.Line));
        Assert.Single(reports[1].Statements);
        Assert.Contains("002_bad before it failed", reports[2].Find("atomic")!.Reason);
    }
}
