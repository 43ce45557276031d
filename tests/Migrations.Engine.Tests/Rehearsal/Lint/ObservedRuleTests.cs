using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>The rules behind the engine's own observer: what it reports is enough for them.</summary>
public sealed class ObservedRuleTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_rules_find_in_a_rehearsal_what_they_find_in_the_tests_own_account(int major)
    {
        string[] scripts =
        [
            "do $$ begin alter table t add column token uuid default gen_random_uuid(); end $$;",
            "create function tighten() returns void language sql as 'alter table t alter column c set not null';\nselect tighten();",
            "create index on t (parent_id);",
            "vacuum full loose;",
            "alter table q detach partition q_2024;",
            "drop table child;",
            "alter domain used set not null;",
            "refresh materialized view m;",
            "alter table t alter column v type varchar(60);",
            "alter table t alter column v type varchar(80) collate \"POSIX\";",
        ];
        string[][] expected = [["PGM001"], ["PGM009"], ["PGM029"], ["PGM034"], ["PGM040"], ["PGM025", "PGM047"], ["PGM028"], ["PGM051"], [], ["PGM010e"]];
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_schema.sql", LockFacts.Schema);
        for (var i = 0; i < scripts.Length; i++) bench.With($"{i + 2:000}_x.sql", scripts[i]);

        var reports = await bench.TestOfflineAsync(request => request with { RowsPerTable = 20 });

        Assert.Equal(expected.Select(rules => string.Join(',', rules)), reports.Skip(1).Select(report => string.Join(',', report.Findings.Select(finding => finding.Rule))));
        Assert.All(reports.Skip(1).SelectMany(report => report.Findings).Where(finding => finding.Rule is not "PGM047"), finding => Assert.Equal(LintSource.Rehearsal, finding.Source));
        var vacuum = Assert.Single(reports[4].Findings);
        Assert.StartsWith("ACCESS EXCLUSIVE on public.loose", vacuum.Message, StringComparison.Ordinal);
    }
}
