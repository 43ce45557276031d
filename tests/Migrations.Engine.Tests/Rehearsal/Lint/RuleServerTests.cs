using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Every rule against what the server does: it speaks of the bad form and is silent about the one that it recommends.</summary>
public sealed class RuleServerTests(RuleBenches benches) : IClassFixture<RuleBenches>
{
    public static TheoryData<int> Majors => Servers.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public Task Each_rule_speaks_when_the_server_has_shown_the_harm(int major) => ForEachAsync(major, RuleCases.All, async (bench, given) =>
    {
        var rehearsed = await bench.TryAsync(given, given.Firing);
        if (given.Fails == rehearsed.After is not null) return given.Fails ? "the server took it" : "the server refused it";
        return Speaks(rehearsed, given);
    });

    [Theory]
    [MemberData(nameof(Majors))]
    public Task No_rule_speaks_of_the_form_that_it_recommends(int major) => ForEachAsync(major, RuleCases.All, async (bench, given) =>
    {
        var safe = given.Safe ?? new Linter().Examine(await bench.TryAsync(given, given.Firing), LintBench.Today).FirstOrDefault(finding => finding.Rule == given.Rule)?.Rewrite;
        if (safe is null) return "no rewrite";
        var scripts = safe.Split(RewriteText.NextScript).Where(HoldsSql).ToList();
        if (scripts.Count == 0) return "the rewrite holds no SQL, and the case no safe form";

        // What is recommended starts from where the bad form started, and goes on for good.
        var database = scripts is [var only] && LintBench.RollsBack(only) ? null : await bench.DatabaseAsync(given);
        LintCase? rehearsed = null;
        foreach (var script in scripts)
        {
            rehearsed = database is null ? await bench.TryAsync(given, script) : await bench.RehearseAsync(given, database, script, before: rehearsed);
            if (rehearsed.After is null) return $"the server refused:\n{script}";
            var said = new Linter().Examine(rehearsed, LintBench.Today).FirstOrDefault(finding => finding.Rule == given.Rule && finding.AllowedBecause is null);
            if (said is not null) return $"says '{said.Message}' of\n{script}";
        }

        return null;
    });

    [Theory]
    [MemberData(nameof(Majors))]
    public Task Inside_a_DO_block_the_words_tell_nothing_and_the_rehearsal_all(int major) => ForEachAsync(major, RuleCases.All.Where(given => given.InBlock), async (bench, given) =>
    {
        var hidden = string.Join('\n', given.Firing.Split('\n').Select(sql => sql.StartsWith("set", StringComparison.Ordinal) || sql.StartsWith("select", StringComparison.Ordinal)
            ? sql : $"do $do$ begin execute $sql${sql}$sql$; end $do$;"));
        if (LintBench.Static(hidden).Any(finding => finding.Rule == given.Rule)) return "told by the words";
        return Speaks(await bench.TryAsync(given, hidden), given);
    });

    [Theory]
    [MemberData(nameof(Majors))]
    public Task What_the_server_does_for_nothing_is_let_through(int major) => ForEachAsync(major, RuleCases.Free, async (bench, given) =>
    {
        var rehearsed = await bench.TryAsync(given, given.Firing);
        if (rehearsed.After is null) return "the server refused it";
        return new Linter().Examine(rehearsed, LintBench.Today).FirstOrDefault(finding => finding.Rule == given.Rule)?.Message;
    });

    [Theory]
    [MemberData(nameof(Majors))]
    public Task What_only_looks_free_is_told(int major) =>
        ForEachAsync(major, RuleCases.Caught, async (bench, given) => Speaks(await bench.TryAsync(given, given.Firing), given));

    [Fact]
    public void Each_rule_has_a_case() =>
        Assert.Empty(Linter.Rules.Where(rule => rule is not AllowRule).Select(rule => rule.Id).Except(RuleCases.All.Select(given => given.Rule)));

    private static string? Speaks(LintCase rehearsed, RuleCase given)
    {
        var said = new Linter().Examine(rehearsed, LintBench.Today);
        return said.Any(finding => finding.Rule == given.Rule) ? null : $"silent; others: {string.Join(", ", said.Select(f => f.Rule))}";
    }

    private static bool HoldsSql(string script) => script.Split('\n').Any(line => line.Trim().Length > 0 && !line.StartsWith("--", StringComparison.Ordinal));

    private async Task ForEachAsync(int major, IEnumerable<RuleCase> cases, Func<RuleBench, RuleCase, Task<string?>> examine)
    {
        var bench = await benches.OfAsync(major);
        var wrong = new List<string>();
        foreach (var given in cases.Where(given => given.Until >= major))
            if (await examine(bench, given) is { } trouble) wrong.Add($"{given}\n    {trouble}");

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
