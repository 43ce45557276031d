using System.Globalization;
using Migrations.Engine.Governance;
using Migrations.Engine.Tests.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

public sealed class PolicyWaiverTests(Servers servers)
{
    private const string Opening = "create table a (id int);\ngrant select on a to public;\n";

    [Fact]
    public async Task Somebody_answers_for_a_finding_until_a_day_and_the_run_goes_on()
    {
        using var bench = await PolicyBench.CreateAsync(servers, "production");
        bench.With("1_one.sql", Opening).Under(With("grant-to-public", "1", "9999-12-31"));

        var finding = Assert.Single((await bench.ExamineAsync()).Findings, found => found.Rule == "grant-to-public");

        Assert.Equal(("ada", "The price list is for everybody.", new DateOnly(9999, 12, 31), false), (finding.WaivedBy, finding.WaivedBecause, finding.WaivedUntil, finding.Blocks));
        Assert.Single(await bench.UpAsync());
    }

    [Fact]
    public async Task The_day_named_is_the_last_one()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", Opening).Under(With("grant-to-public", "001", "2026-03-31"));
        Assert.Empty(bench.Examination(clock: new FixedClock("2026-03-31T23:59:59Z")).Examine(null).Blocking);

        var late = bench.Examination(clock: new FixedClock("2026-04-01T00:00:00Z")).Examine(null);
        Assert.Equal("grant-to-public", Assert.Single(late.Blocking).Rule);
        var expired = Assert.Single(late.Findings, finding => finding.Rule == "waiver-expired");
        Assert.Equal((PolicySeverity.Warning, "policy.json", 1), (expired.Severity, expired.File, expired.Line));
        Assert.Equal("grant-to-public", Assert.Single((await bench.RefusedAsync()).Refusals).Id);
    }

    [Theory]
    [InlineData("definer-search-path", "1")]
    [InlineData("grant-to-public", "2_two")]
    [InlineData("grant-to-public", "*")]
    public void A_waiver_of_nothing_is_told_and_covers_nothing_else(string rule, string script)
    {
        using var at = new TempProject().With("versions/1_one.sql", Opening).With("policy.json", With(rule, script, "9999-12-31"));
        var findings = Examine(at);
        Assert.Contains(findings, finding => finding.Rule == "waiver-idle" && finding.Severity == PolicySeverity.Warning);
        Assert.True(Assert.Single(findings, finding => finding.Rule == "grant-to-public").Blocks);
    }

    [Fact]
    public async Task A_waiver_for_a_script_that_has_run_already_waits_for_nobody()
    {
        using var bench = await PolicyBench.CreateAsync(servers);
        bench.With("1_one.sql", Opening).Under(With("grant-to-public", "1_one", "9999-12-31"));
        await bench.UpAsync();
        bench.With("2_two.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;\n");
        Assert.DoesNotContain((await bench.ExamineAsync()).Findings, finding => finding.Rule == "waiver-idle");
    }

    [Fact]
    public void What_an_approver_is_shown_has_a_hash_that_changes_with_it()
    {
        using var at = new TempProject().With("versions/1_one.sql", Opening).With("versions/2_two.sql", "select 1;").With("policy.json", "{}");
        var verdict = Verdict(at);
        Assert.Equal(verdict.HashOf("1_one"), Verdict(at).HashOf("1_one"));
        Assert.NotEqual(verdict.HashOf("1_one"), verdict.HashOf("2_two"));
        at.With("policy.json", With("grant-to-public", "1", "9999-12-31"));
        Assert.NotEqual(verdict.HashOf("1_one"), Verdict(at).HashOf("1_one"));
        Assert.Equal(verdict.HashOf("2_two"), Verdict(at).HashOf("2_two"));
        Assert.NotEqual(verdict.PolicyHash, Verdict(at).PolicyHash);
    }

    [Fact]
    public void An_environment_that_the_policy_does_not_name_is_a_typing_error()
    {
        using var at = new TempProject().With("versions/1_one.sql", Opening).With("policy.json", """{ "environments": { "production": {} } }""");
        var project = at.Load();
        var error = Assert.Throws<EngineException>(() => new PolicyExamination(Policy.Of(project), project, null, TimeProvider.System).Examine("prodution"));
        Assert.Equal("PolicyEnvironmentUnknown", error.ErrorId);
        Assert.Contains("Did you mean 'production'?", error.Message, StringComparison.Ordinal);
    }

    private static string With(string rule, string script, string until) =>
        $$"""{ "waivers": [ { "rule": "{{rule}}", "script": "{{script}}", "reason": "The price list is for everybody.", "owner": "ada", "until": "{{until}}" } ] }""";

    private static PolicyVerdict Verdict(TempProject at)
    {
        var project = at.Load();
        return new PolicyExamination(Policy.Of(project), project, null, TimeProvider.System).Examine(null);
    }

    private static IReadOnlyList<PolicyFinding> Examine(TempProject at) => Verdict(at).Findings;

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
    }
}
