using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What an author accepts stays in the list, with the reason, and not for ever.</summary>
public sealed class AllowTests
{
    private const string Drop = "alter table t drop column a;";

    [Fact]
    public void An_allowed_finding_stays_in_the_list_with_its_reason()
    {
        var finding = Assert.Single(LintBench.Static($"-- allow: PGM011 reason=\"nobody reads it\" until=2026-06-01\n{Drop}"));
        Assert.Equal(("PGM011", "nobody reads it"), (finding.Rule, finding.AllowedBecause));
    }

    [Fact]
    public void The_day_after_the_last_one_it_does_not_count_and_says_so()
    {
        var findings = LintBench.Static($"-- allow: PGM011 reason=gone until=2026-05-31\n{Drop}");
        Assert.Null(Assert.Single(findings, f => f.Rule == "PGM011").AllowedBecause);
        Assert.Equal((FindingLevel.Warning, 1), (Assert.Single(findings, f => f.Rule == "PGM090") is var expired ? (expired.Level, expired.Line!.Value) : default));
    }

    [Theory]
    [InlineData("-- allow: PGM011")]
    [InlineData("-- allow: PGM011 until=2027-01-01")]
    [InlineData("-- allow: PGM011 reason=\"\"")]
    public void Without_a_reason_it_does_not_count_and_says_so(string allow)
    {
        var findings = LintBench.Static($"{allow}\n{Drop}");
        Assert.Null(Assert.Single(findings, f => f.Rule == "PGM011").AllowedBecause);
        Assert.Single(findings, f => f.Rule == "PGM092");
    }

    [Theory]
    [InlineData("PGM11", "Did you mean 'PGM011'?")]
    [InlineData("ban-drop-column", "Here it is PGM011.")]
    [InlineData("something", "so nothing is allowed by this.")]
    public void An_unknown_rule_is_told_with_the_name_that_was_meant(string rule, string hint)
    {
        var findings = LintBench.Static($"-- allow: {rule} reason=x\n{Drop}");
        Assert.Null(Assert.Single(findings, f => f.Rule == "PGM011").AllowedBecause);
        Assert.Contains(hint, Assert.Single(findings, f => f.Rule == "PGM091").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Above_the_first_statement_it_counts_for_the_whole_script()
    {
        var findings = LintBench.Static($"-- allow: PGM011 reason=x\n{Drop}\nalter table u drop column b;");
        Assert.Equal(["x", "x"], findings.Where(f => f.Rule == "PGM011").Select(f => f.AllowedBecause));
    }

    [Fact]
    public void Further_down_it_counts_for_the_statement_that_follows()
    {
        var findings = LintBench.Static($"{Drop}\n\n-- allow: pgm011 reason=x\n-- and a word\nalter table u drop column b;\nalter table v drop column c;");
        Assert.Equal([null, "x", null], findings.Where(f => f.Rule == "PGM011").Select(f => f.AllowedBecause));
    }

    [Fact]
    public void Findings_come_in_the_order_of_the_statements_and_then_of_the_rules()
    {
        var findings = LintBench.Static("alter table t add column x int unique check (x > 0);\ndrop table u;");
        Assert.Equal([(1, "PGM006"), (1, "PGM007"), (2, "PGM044"), (2, "PGM047")], findings.Select(f => (f.Statement!.Value, f.Rule)));
    }
}
