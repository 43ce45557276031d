using System.Text.RegularExpressions;
using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>docs/lint-rules.md is made from the rules themselves.</summary>
public sealed partial class RuleTableTests
{
    private static string DocumentPath => Path.Combine(TestTree.Root, "docs", "lint-rules.md");

    [Fact]
    public void The_document_is_what_the_rules_say_of_themselves()
    {
        // MIGRATIONS_WRITE_DOCS=1 writes it anew.
        if (Environment.GetEnvironmentVariable("MIGRATIONS_WRITE_DOCS") == "1") File.WriteAllText(DocumentPath, Document());
        Assert.Equal(Document(), File.ReadAllText(DocumentPath).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_row_has_a_rule_or_a_reason_and_never_both()
    {
        Assert.All(RuleRows.All, row => Assert.NotEqual(RulesOf(row).Any(), RuleRows.Reasons.ContainsKey(row)));
        Assert.Empty(RuleRows.Reasons.Keys.Except(RuleRows.All));
    }

    [Fact]
    public void Only_rows_that_lock_nobody_out_have_a_reason_instead_of_a_rule() => Assert.Equal(["10b", "16", "18", "1b", "54"], RuleRows.Reasons.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rule_has_a_row_or_speaks_of_allows() =>
        Assert.Empty(Linter.Rules.Where(rule => rule is not AllowRule && !RuleRows.All.Contains(RowOf(rule))).Select(rule => rule.Id));

    [Fact]
    public void Ids_are_unique_in_order_and_of_one_form()
    {
        var ids = Linter.Rules.Select(rule => rule.Id).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Matches("^PGM[0-9]{3}[a-z]?$", id));
    }

    /// <summary>Other tools cut their rules otherwise than we do, so one of theirs may stand beside several of ours, but beside each only once.</summary>
    [Fact]
    public void Names_of_other_tools_have_their_form_and_stand_once_beside_a_rule() => Assert.All(Linter.Rules, rule =>
    {
        Assert.Equal(rule.KnownAs.Distinct(StringComparer.OrdinalIgnoreCase), rule.KnownAs);
        Assert.All(rule.KnownAs, name => Assert.Matches(OtherName(), name));
    });

    [Fact]
    public void Where_the_table_names_a_tool_the_rule_says_what_it_is_called_there()
    {
        Assert.Empty(RuleRows.Elsewhere.Keys.Except(RuleRows.All));
        var missing = from row in RuleRows.Elsewhere
                      from name in row.Value.Split(' ')
                      where !RulesOf(row.Key).Any(rule => rule.KnownAs.Any(known => known == name || known.StartsWith(name + ":", StringComparison.Ordinal)))
                      select $"{row.Key}: {name}";
        Assert.Empty(missing);
    }

    private static IEnumerable<LintRule> RulesOf(string row) => Linter.Rules.Where(rule => RowOf(rule) == row);

    private static string RowOf(LintRule rule) => Number().Match(rule.Id).Groups[1].Value;

    private static string Document()
    {
        var text = new List<string> { """
            # Lint rules

            This page is made from the rules themselves (`RuleTableTests`); do not edit it by hand.

            `Test-Migration` asks every rule about every script. A rule reads the rehearsal where there is one (what the server locked, wrote anew and read, and how its
            catalog changed, inside DO blocks and functions too), the target's own sizes, and the words of the script where there is nothing better (`-Static`).

            `-- allow: PGM011 reason="nobody reads it since 4.2" until=2027-01-31` accepts a finding. Above the first statement of a script it counts for the whole script,
            further down for the statement that follows. The finding stays in the report, with the reason; the day named is the last one on which the allow counts.
            An allow without a reason does not count.

            A lock is taken for short where its statement is the last of its transaction and `lock_timeout` is more than 0 and at most 5 s; the runner sets 2 s.
            A finding about work (a scan, a rewrite) is an error, and a warning where the target says that the table is small or not there yet.

            ## Which row has which rule

            | Row | Rule | |
            |---|---|---|

            """.ReplaceLineEndings("\n") };
        foreach (var row in RuleRows.All)
        {
            var rules = RulesOf(row).ToList();
            text.Add(rules.Count == 0 ? $"| {row} | | {RuleRows.Reasons[row]} |\n" : string.Concat(rules.Select(rule => $"| {row} | [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.Title} |\n")));
        }

        text.Add("\n## The rules\n");
        foreach (var rule in Linter.Rules)
        {
            text.Add($"\n### {rule.Id}\n\n**{rule.Title}**\n\n* Locks: {rule.LockFacts}\n* Safe: {rule.SafeForm}\n");
            if (rule.Versions.Length > 0) text.Add($"* Versions: {rule.Versions}\n");
            text.Add($"* Reads: {string.Join(", ", rule.Reads.Select(source => source.ToString().ToLowerInvariant()))}\n");
            if (rule.KnownAs.Count > 0) text.Add($"* Elsewhere: {string.Join(", ", rule.KnownAs.Select(name => $"`{name}`"))}\n");
        }

        return string.Concat(text);
    }

    [GeneratedRegex("^(squawk:[a-z]+(-[a-z]+)+|strong_migrations:[a-z]+(_[a-z]+)+|eugene:[EW][0-9]+|atlas:[A-Z]{2}[0-9]{3})$")]
    private static partial Regex OtherName();

    [GeneratedRegex("^PGM0*([0-9]+[a-z]?)$")]
    private static partial Regex Number();
}
