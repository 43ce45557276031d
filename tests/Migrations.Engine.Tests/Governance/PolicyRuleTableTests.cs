using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>docs/policy-rules.md is made from the rules themselves.</summary>
public sealed class PolicyRuleTableTests
{
    private static string DocumentPath => Path.Combine(TestTree.Root, "docs", "policy-rules.md");

    [Fact]
    public void The_document_is_what_the_rules_say_of_themselves()
    {
        // MIGRATIONS_WRITE_DOCS=1 writes it anew.
        if (Environment.GetEnvironmentVariable("MIGRATIONS_WRITE_DOCS") == "1") File.WriteAllText(DocumentPath, Document());
        Assert.Equal(Document(), File.ReadAllText(DocumentPath).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_rule_that_looks_at_scripts_has_a_case_that_passes_and_one_that_is_stopped() =>
        Assert.Empty(PolicyRules.All.Where(rule => rule is not (WaiverRule or EnvironmentStampRule) && !rule.Id.StartsWith("rehearsal-", StringComparison.Ordinal) && !PolicyRuleCases.All.Any(given => given.Rule == rule.Id)).Select(rule => rule.Id));

    [Fact]
    public void Ids_are_unique_and_of_one_form()
    {
        Assert.Equal(PolicyRules.All.Length, PolicyRules.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(PolicyRules.All, rule => Assert.Matches("^[a-z]+(-[a-z]+)+$", rule.Id));
    }

    private static string Document()
    {
        var text = new List<string> { """
            # Policy rules

            This page is made from the rules themselves (`PolicyRuleTableTests`); do not edit it by hand.

            A project with a `policy.json` is held against these rules by `Test-MigrationPolicy`, and by `Invoke-Migration` and `Undo-Migration` before anything changes. A project without one is
            asked nothing. The file says for each rule which severity it has and what its options are; `"environments"` says otherwise for databases with a stamp
            (`Initialize-MigrationDatabase -Environment`). A finding of severity `error` stops the run (`PolicyRefused`) unless a waiver covers it: rule, script, reason, owner and last day.

            A rule reads the statements of a script as the server would: comments, line breaks and quotes hide nothing, and what stands in quotes inside a body counts too. What a statement
            only says while it runs (text put together at run time, a procedure, a function that is not the server's own) is *unknown*, which counts as much as a violation, until the
            report of a rehearsal (`Test-Migration -OutFile`) shows what it did: objects, rights, roles and history as they were afterwards. A script that does otherwise
            on the target than in its rehearsal, by intent, is not caught by that: reading it is what approval is for.


            """.ReplaceLineEndings("\n") };
        text.Add("| Rule | Default | |\n|---|---|---|\n");
        foreach (var rule in PolicyRules.All) text.Add($"| [{rule.Id}](#{rule.Id}) | {rule.DefaultSeverity.ToString().ToLowerInvariant()} | {rule.Title} |\n");
        foreach (var rule in PolicyRules.All)
        {
            text.Add($"\n### {rule.Id}\n\n**{rule.Title}**\n\n{rule.Rationale}\n\n* Evidence for: {rule.Control}\n* Severity: {rule.DefaultSeverity.ToString().ToLowerInvariant()}\n");
            if (rule.IsAboutStatements) text.Add("* Asked of hooks, and of what is taken back, too\n");
            foreach (var option in rule.Options)
                text.Add($"* `{option.Name}`: {option.Description}{(option.Choices.Count > 0 ? $" Of {string.Join(", ", option.Choices)}." : "")} Default: `{option.Default}`\n");
        }

        return string.Concat(text);
    }
}
