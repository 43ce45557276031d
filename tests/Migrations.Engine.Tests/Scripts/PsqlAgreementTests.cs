using System.Diagnostics;
using System.Text.RegularExpressions;
using CsCheck;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>The judge of the splitter is psql 15 itself: what it really sent, from the server's log.</summary>
public sealed partial class PsqlAgreementTests(Servers servers)
{
    private const int RandomScripts = 300;

    private const string Tables = """
        create schema s;
        create table t (a text, b text);
        create table s.t (a text, b text);
        create table "From" ("to" text, "stdin" text);
        create table stdin (a text, b text);
        """;

    public static TheoryData<int, bool> Sessions
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (var major in Servers.Majors.Select(row => row.Data))
            {
                data.Add(major, true);
                data.Add(major, false);
            }

            return data;
        }
    }

    [Fact]
    public void There_are_at_least_300_torture_cases_and_each_has_a_name_of_its_own()
    {
        var cases = TortureCase.All();
        Assert.True(cases.Count >= 300, $"Only {cases.Count} cases.");
        Assert.Equal(cases.Count, cases.Select(c => c.ToString()).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task We_split_every_torture_case_as_psql_does(int major, bool standardConformingStrings)
    {
        await AssertAgreementAsync(TortureCase.All(), major, standardConformingStrings);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task We_split_random_scripts_as_psql_does(int major, bool standardConformingStrings)
    {
        // A fixed seed: a failure of this test is a failure tomorrow as well.
        var random = ScriptFragments.All.Array[RandomScripts].Single(_ => true, "0N0XIzNsQ0O2");
        var options = new SplitOptions(standardConformingStrings);
        // Behind a command that psql does not know it throws the line away; we leave the refusal to others.
        var known = random.Where(text => StatementSplitter.Split(text, options).Elements.All(e => e is not MetaCommand { Name: not "echo" }));
        var cases = known.Select((text, i) => new TortureCase("random", $"{i}", text)).ToList();
        Assert.InRange(cases.Count, RandomScripts / 2, RandomScripts);
        await AssertAgreementAsync(cases, major, standardConformingStrings);
    }

    private async Task AssertAgreementAsync(IReadOnlyList<TortureCase> cases, int major, bool standardConformingStrings)
    {
        var server = await servers.ServerAsync(major);
        var recorder = new PsqlRecorder(await Psql15Async(server), server);
        var database = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(database, Tables);

        var sent = await recorder.RecordAsync(
            database, [.. cases.Select(c => c.Text)], standardConformingStrings, TestContext.Current.CancellationToken);

        var options = new SplitOptions(standardConformingStrings);
        var differences = cases.Zip(sent)
            .Select(pair => (Case: pair.First, Theirs: pair.Second, Ours: Texts(StatementSplitter.Split(pair.First.Text, options))))
            .Where(d => !d.Theirs.Select(OwnCopy).SequenceEqual(d.Ours))
            .Select(d => $"{d.Case}\n  script: {Show([d.Case.Text])}\n  psql: {Show(d.Theirs)}\n  ours: {Show(d.Ours)}")
            .ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>psql makes the statement of its <c>\copy</c> itself, and begins it like nobody else.</summary>
    private static string OwnCopy(string text) => text.StartsWith("COPY  ", StringComparison.Ordinal) ? @"\copy" : text;

    private static IReadOnlyList<string> Texts(LexedScript script) =>
    [
        .. script.Elements.Select(e => e switch
        {
            SqlStatement statement => Tested(statement),
            CopyBlock copy => Tested(copy.Statement),
            MetaCommand { Name: "copy" } => @"\copy",
            _ => null,
        }).OfType<string>(),
    ];

    /// <summary>We leave variables to others; psql knows none of the fixtures, and says so where it is asked.</summary>
    private static string Tested(SqlStatement statement)
    {
        var text = statement.Text;
        foreach (var token in statement.Tokens.Reverse().Where(t => t.Kind == TokenKind.Variable && statement.TextOf(t).StartsWith(":{?")))
            text = text.Remove(statement.IndexOf(token), token.Length).Insert(statement.IndexOf(token), "FALSE");
        return text;
    }

    private static string Show(IEnumerable<string> texts) =>
        string.Join(" | ", texts.Select(t => t.Replace("\n", "␊", StringComparison.Ordinal).Replace("\r", "␍", StringComparison.Ordinal)));

    private static async Task<string> Psql15Async(SandboxServer server)
    {
        var beside = Path.Combine(server.BinaryPath, "psql");
        foreach (var psql in new[] { beside, "/usr/lib/postgresql/15/bin/psql", "psql" })
        {
            if (await VersionAsync(psql) == "15") return psql;
        }

        Assert.Skip("psql 15 is not installed here (Debian: postgresql-client-15); what it sends is the measure.");
        throw new UnreachableException();
    }

    private static async Task<string?> VersionAsync(string psql)
    {
        if (Path.IsPathRooted(psql) && !File.Exists(psql)) return null;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(psql, "--version") { RedirectStandardOutput = true })!;
            return Major().Match(await process.StandardOutput.ReadToEndAsync()).Value;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?<= )\d+(?=[.a-z])")]
    private static partial Regex Major();
}
