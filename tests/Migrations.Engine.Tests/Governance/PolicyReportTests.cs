using Migrations.Engine.Governance;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>The report of a rehearsal as evidence: that it is about what runs, and what it shows that no word does.</summary>
public sealed class PolicyReportTests(Servers servers)
{
    private const string Required = """{ "rules": { "file-name": { "severity": "error" } }, "report": { "required": true, "path": "report.json" } }""";

    [Fact]
    public async Task A_run_that_has_to_be_rehearsed_names_what_is_wrong_with_its_report()
    {
        using var bench = await PolicyBench.CreateAsync(servers, "production");
        bench.Under(Required).With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n");
        Assert.Equal("ReportMissing", Assert.Single((await bench.RefusedAsync()).Refusals).Id);

        await bench.RehearseAsync();
        Assert.Empty((await bench.ExamineAsync()).Blocking);

        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id bigint);\n-- migrate:down\ndrop table a;\n");
        Assert.Equal("ReportOfOtherText", Assert.Single((await bench.RefusedAsync()).Refusals).Id);
        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n");

        await bench.Target.ExecuteAsync("create table by_hand (id int)");
        Assert.Equal("ReportOfOtherSchema", Assert.Single((await bench.RefusedAsync()).Refusals).Id);
        await bench.Target.ExecuteAsync("drop table by_hand");

        bench.With("2_two.sql", "-- migrate:up\ncreate table b (id int);\n-- migrate:down\ndrop table b;\n");
        var refusal = Assert.Single((await bench.RefusedAsync()).Refusals);
        Assert.Equal(("ReportMissing", "2_two"), (refusal.Id, refusal.Script));
        File.Delete(bench.Project.FileOf("2_two.sql"));

        Assert.Single(await bench.UpAsync());
        Assert.True(await bench.Target.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_report_of_another_major_or_of_the_text_alone_counts_for_nothing()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(Required).With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n");
        var reports = await bench.RehearseHereAsync();
        await bench.WriteAsync([.. reports.Select(report => report with { ServerVersion = "15.9" })]);
        Assert.Equal("ReportOfOtherMajor", Assert.Single((await bench.RefusedAsync()).Refusals).Id);
        await bench.WriteAsync([.. reports.Select(report => report with { ServerVersion = null })]);
        Assert.Equal("ReportFailed", Assert.Single((await bench.RefusedAsync()).Refusals).Id);

        File.WriteAllText(bench.ReportPath, "{ \"format\": 1, \"scripts\": [] }");
        Assert.Equal("ReportNotReadable", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.Target.HasTableAsync("a"));
    }

    [Theory]
    [InlineData("grant-to-public", "create table a (id int);\ndo $$ begin execute 'grant select on a to pub' || 'lic'; end $$;", 2)]
    [InlineData("grant-to-public", "do $$ begin execute 'alter default privileges grant select on tables to pub' || 'lic'; end $$;", 1)]
    [InlineData("grant-to-public", "create function f() returns int language sql as 'select 1';\nrevoke execute on function f() from public;\ndo $$ begin execute 'grant execute on all functions in schema public to pub' || 'lic'; end $$;", null)]
    [InlineData("definer-search-path", "do $$ begin execute 'create function f() returns int language sql security ' || 'definer as ''select 1'''; end $$;", 1)]
    [InlineData("object-name", "do $$ begin execute 'create table \"My' || 'Table\" (id int)'; end $$;", 1)]
    [InlineData("comment-on-new", "do $$ begin execute 'create table a ' || '(id int)'; end $$;", 1)]
    public async Task What_no_word_shows_the_report_shows(string rule, string sql, int? line)
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(PolicyBench.Only(rule)).With("1_one.sql", sql);
        Assert.Equal(PolicyOutcome.Unknown, Assert.Single((await bench.ExamineAsync()).Findings, finding => finding.Outcome == PolicyOutcome.Unknown).Outcome);

        await bench.RehearseHereAsync();
        var findings = (await bench.ExamineAsync(bench.ReportPath)).Findings;
        if (line is null)
        {
            // In the end everybody has what a new function gives to everybody.
            Assert.Empty(findings);
            return;
        }

        Assert.Contains(findings, finding => (finding.Rule, finding.Outcome, finding.Line) == (rule, PolicyOutcome.Violated, line));
    }

    [Theory]
    [InlineData("grant-to-public", "create table a (id int);\ndo $$ begin execute 'grant select on a to ' || quote_ident(current_user); end $$;")]
    [InlineData("definer-search-path", "do $$ begin execute 'create function f() returns int language sql security definer set search_path = pg_catalog as ''select 1'''; end $$;")]
    [InlineData("comment-on-new", "do $$ begin execute 'create table a ' || '(id int)'; execute 'comment on table a is ''x'''; execute 'comment on column a.id is ''x'''; end $$;")]
    [InlineData("history-untouched", "do $$ begin execute 'create table a ' || '(id int)'; end $$;")]
    [InlineData("history-untouched", "create table a (id int);\ncreate index concurrently a_id on a (id);\ninsert into a values (1);")]
    public async Task And_what_the_report_shows_to_be_well_passes(string rule, string sql)
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(PolicyBench.Only(rule)).With("1_one.sql", sql);
        await bench.RehearseHereAsync();
        Assert.Empty((await bench.ExamineAsync(bench.ReportPath)).Findings);
    }

    [Fact]
    public async Task The_history_is_guarded_also_where_its_name_is_put_together()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(PolicyBench.Only("history-untouched")).With("1_one.sql", "create table a (id int);\ndo $$ begin execute 'lock table migr' || 'ations.runs in share mode'; end $$;");
        await bench.RehearseHereAsync();
        var finding = Assert.Single((await bench.ExamineAsync(bench.ReportPath)).Findings);
        Assert.Equal((PolicyOutcome.Violated, 2), (finding.Outcome, finding.Line));
        Assert.Contains("migrations.runs", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_verify_section_changes_is_seen_too()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(PolicyBench.Only("grant-to-public")).With("1_one.sql", """
            -- migrate:up
            create table a (id int);
            create function open_it() returns bool language plpgsql as $$ begin execute 'grant select on a to pub' || 'lic'; return true; end $$;
            -- migrate:verify
            select open_it();
            """);
        await bench.RehearseHereAsync();
        Assert.Contains((await bench.ExamineAsync(bench.ReportPath)).Findings, finding => finding.Outcome == PolicyOutcome.Violated && finding.Message.Contains("public.a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_that_was_let_in_and_stopped_half_way_goes_on()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n");
        await bench.UpAsync();
        bench.Under(Required).With("2_two.sql", "-- migrate:up\ncreate table b (id int);\ncreate unique index concurrently a_id on a (id);\n-- migrate:down\ndrop index a_id;\ndrop table b;\n");
        await bench.RehearseAsync();
        await bench.Target.ExecuteAsync("insert into a values (1), (1)");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.True(await bench.Target.HasTableAsync("b"));

        await bench.Target.ExecuteAsync("truncate a");
        Assert.Single(await bench.UpAsync());
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Roles_and_rights_of_the_server_are_seen_too(int major)
    {
        using var bench = await PolicyBench.CreateAsync(servers, "production", major);
        bench.Under("""{ "rules": { "role-attribute": { "attributes": ["createdb", "superuser"] } } }""")
            .With("1_one.sql", """
                create function make_it() returns void language plpgsql as $$ begin create role policy_seen createdb password 'x'; grant pg_write_server_files to policy_seen; grant create on database postgres to public; end $$;
                select make_it();
                """);
        var reports = await bench.RehearseAsync();
        Assert.Contains(reports[0].Beyond, change => change is { Kind: "role", Identity: "policy_seen" });
        Assert.DoesNotContain(reports[0].Beyond.SelectMany(change => change.Properties), property => property.Name == "password" && property.After?.StartsWith("***", StringComparison.Ordinal) != true);
        var found = (await bench.ExamineAsync(bench.ReportPath)).Findings.Where(finding => finding.Message.StartsWith("In the rehearsal", StringComparison.Ordinal)).ToList();
        Assert.Contains(found, finding => finding.Rule == "role-attribute" && finding.Message.Contains("CREATEDB", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.Rule == "role-attribute" && finding.Message.Contains("pg_write_server_files", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.Rule == "password-literal");
        Assert.NotNull((await bench.ExamineAsync(bench.ReportPath)).ReportHash);
    }

    [Fact]
    public async Task A_report_of_a_sandbox_also_shows_that_no_role_was_touched()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under("""{ "rules": { "way-back": { "severity": "off" } } }""").With("1_one.sql", "do $$ begin execute 'create table a ' || '(id int)'; end $$;");
        Assert.Equal(5, (await bench.ExamineAsync()).Blocking.Count(finding => finding.Outcome == PolicyOutcome.Unknown));
        await bench.RehearseAsync();
        Assert.Empty((await bench.ExamineAsync(bench.ReportPath)).Blocking);
    }

    [Fact]
    public async Task Findings_and_proofs_of_the_rehearsal_stop_a_run_from_the_level_that_is_demanded()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id int);\ncreate sequence left_behind;\n-- migrate:down\ndrop table a;\n");
        var reports = await bench.RehearseHereAsync();
        await bench.WriteAsync([reports[0] with { Findings = [Finding(FindingLevel.Warning, null), Finding(FindingLevel.Error, "small")] }]);

        bench.Under(PolicyBench.Only("rehearsal-proofs"));
        Assert.Equal(["reversible", "repeatable"], (await bench.ExamineAsync(bench.ReportPath)).Findings.Select(finding => finding.Reason));
        bench.Under(PolicyBench.Only("rehearsal-proofs", ", \"proofs\": [\"atomic\"]"));
        Assert.Empty((await bench.ExamineAsync(bench.ReportPath)).Findings);

        bench.Under(PolicyBench.Only("rehearsal-findings"));
        Assert.Empty((await bench.ExamineAsync(bench.ReportPath)).Findings);
        bench.Under(PolicyBench.Only("rehearsal-findings", ", \"allows\": \"refused\""));
        Assert.Equal("PGM099", Assert.Single((await bench.ExamineAsync(bench.ReportPath)).Findings).Reason);
        bench.Under(PolicyBench.Only("rehearsal-findings", ", \"level\": \"warning\""));
        Assert.Equal("PGM099", Assert.Single((await bench.ExamineAsync(bench.ReportPath)).Findings).Reason);

        bench.Under("""{ "rules": { "rehearsal-findings": { "level": "warning" } }, "report": { "required": true, "path": "report.json" } }""");
        Assert.Equal(["rehearsal-findings", "rehearsal-proofs"], (await bench.RefusedAsync()).Refusals.Select(refusal => refusal.Id).Distinct());
    }

    [Fact]
    public async Task A_script_that_failed_in_its_rehearsal_passes_never()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(Required).With("1_one.sql", "select 1 / 0;\n");
        await bench.RehearseHereAsync();
        Assert.Contains((await bench.RefusedAsync()).Refusals, refusal => refusal.Id == "rehearsal-proofs" && refusal.Reason.Contains("division by zero", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_that_would_have_been_caught_is_no_evidence()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.Under(PolicyBench.Only("role-attribute"))
            .With("1_one.sql", "do $$ begin execute 'create role policy_hidden ' || 'superuser'; exception when others then null; end $$;");
        await bench.RehearseHereAsync();
        Assert.Contains((await bench.ExamineAsync(bench.ReportPath)).Findings, finding => finding.Outcome == PolicyOutcome.Unknown);
    }

    [Fact]
    public async Task What_is_left_of_a_report_counts_when_the_run_stopped_half_way()
    {
        using var bench = await PolicyBench.CreateAsync(servers, "production");
        bench.Under(Required).With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n").With("2_two.sql", "-- migrate:up\ncreate table b (id int);\n-- migrate:down\ndrop table b;\n");
        await bench.RehearseAsync();
        await bench.Target.UpAsync(new MigrationRequest { Target = "1" });
        Assert.Empty((await bench.ExamineAsync()).Blocking);
        Assert.Single(await bench.UpAsync());
    }

    private static LintFinding Finding(FindingLevel level, string? allowed) =>
        new() { Rule = "PGM099", Level = level, Message = "It locks.", Rewrite = "", Source = LintSource.Text, AllowedBecause = allowed };
}
