using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>Each rule at the gate: a script that it lets pass, and one that it stops with nothing changed; and what the environment decides.</summary>
public sealed class PolicyRuleTests(Servers servers)
{
    public static TheoryData<int> Cases { get; } = [.. Enumerable.Range(0, PolicyRuleCases.All.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task In_production_it_stops_what_breaks_it_and_nothing_is_changed(int number)
    {
        var given = PolicyRuleCases.All[number];
        using var bench = await PolicyBench.CreateAsync(servers, "production");
        bench.Under(PolicyBench.Only(given.Rule, given.Options)).With(given.StoppedFile, given.Stopped);

        var refused = await bench.RefusedAsync();

        Assert.Equal("PolicyRefused", refused.ErrorId);
        var refusal = refused.Refusals.First(r => r.Reason.Contains(given.Says, StringComparison.Ordinal));
        Assert.Equal((given.Rule, "versions/" + given.StoppedFile), (refusal.Id, refusal.File));
        Assert.Contains($"[{given.Rule}] versions/{given.StoppedFile}", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Advice);
    }

    [Fact]
    public void What_keeps_the_rules_passes_and_elsewhere_they_only_warn()
    {
        foreach (var given in PolicyRuleCases.All)
        {
            using var passing = new Scripts.TempProject().With("policy.json", PolicyBench.Only(given.Rule, given.Options)).With("versions/" + given.File, given.Passing);
            Assert.Empty(Examine(passing, "production").Select(finding => $"{given}: {finding}"));
            using var stopped = new Scripts.TempProject().With("policy.json", PolicyBench.Only(given.Rule, given.Options)).With("versions/" + given.StoppedFile, given.Stopped);
            Assert.Contains(Examine(stopped, "PRODUCTION"), finding => finding.Blocks && finding.Message.Contains(given.Says, StringComparison.Ordinal));
            Assert.All(Examine(stopped, null), finding => Assert.Equal(PolicySeverity.Warning, finding.Severity));
        }
    }

    [Fact]
    public async Task What_passes_runs_and_a_warning_stops_nobody()
    {
        using var bench = await PolicyBench.CreateAsync(servers, "production");
        bench.Under(PolicyBench.Only("grant-to-public")).With("1_one.sql", "create table a (id int);\ngrant select on a to pg_monitor;");
        Assert.Single(await bench.UpAsync());

        using var staging = await PolicyBench.CreateAsync(servers, "staging");
        staging.Under(PolicyBench.Only("grant-to-public")).With("1_one.sql", "create table a (id int);\ngrant select on a to public;");
        Assert.Equal(PolicySeverity.Warning, Assert.Single((await staging.ExamineAsync()).Findings).Severity);
        Assert.Single(await staging.UpAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("prod")]
    public async Task A_database_that_the_policy_does_not_know_is_told_and_can_be_kept_away_from(string? stamp)
    {
        const string named = """ "environments": { "production": {}, "staging": {} } }""";
        using var bench = await PolicyBench.CreateAsync(servers, stamp);
        bench.With("1_one.sql", "create table a (id int);").Under("{" + named);
        Assert.Equal(PolicySeverity.Warning, Assert.Single((await bench.ExamineAsync()).Findings, finding => finding.Rule == "environment-stamp").Severity);

        bench.Under("""{ "rules": { "environment-stamp": { "severity": "error" } },""" + named);
        Assert.Equal("environment-stamp", Assert.Single((await bench.RefusedAsync()).Refusals).Id);
        bench.Under("""{ "rules": { "environment-stamp": { "severity": "error" } } }""");
        Assert.Single(await bench.UpAsync());
    }

    [Fact]
    public async Task Without_a_policy_nothing_is_asked_of_anybody()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_One.sql", "create table \"A\" (id int);\ngrant all on \"A\" to public;");

        await using var database = bench.Target.Open();
        Assert.Null(PolicyGate.Find(bench.Load(), database, null, TimeProvider.System));
        Assert.Single(await bench.UpAsync());
        Assert.Equal("PolicyNotFound", Assert.Throws<EngineException>(() => Policy.Of(bench.Load())).ErrorId);
    }

    [Fact]
    public async Task Hooks_and_what_takes_a_script_back_are_read_too()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ngrant select on a to public;\n");
        Assert.Single(await bench.UpAsync());
        bench.Under("""{ "rules": { "grant-to-public": { "severity": "error" } } }""");
        Assert.Equal("grant-to-public", Assert.Single((await bench.RefusedAsync(() => bench.DownAsync())).Refusals).Id);

        bench.With("hooks/after-each.sql", "grant select on all tables in schema public to public;");
        Assert.Equal(["versions/1_one.sql", "hooks/after-each.sql"], (await bench.RefusedAsync(() => bench.DownAsync())).Refusals.Select(refusal => refusal.File));
        bench.With("2_two.sql", "select 1;");
        Assert.Equal("hooks/after-each.sql", Assert.Single((await bench.RefusedAsync()).Refusals).File);
    }

    [Fact]
    public async Task A_down_that_cannot_be_read_is_no_reason_to_stay_where_one_is()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndo $$ begin execute 'drop table ' || 'a'; end $$;\n");
        Assert.Single(await bench.UpAsync());
        bench.Under("""{ "rules": { } }""");
        Assert.Single(await bench.DownAsync());
    }

    private static IReadOnlyList<PolicyFinding> Examine(Scripts.TempProject at, string? environment)
    {
        var project = at.Load();
        return new PolicyExamination(Policy.Of(project), project, null, TimeProvider.System).Examine(environment).Findings;
    }
}
