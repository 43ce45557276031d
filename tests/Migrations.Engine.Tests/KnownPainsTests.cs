using System.Text.RegularExpressions;
using Xunit;

namespace Migrations.Engine.Tests;

/// <summary>CONTRIBUTING names the test that keeps each known pain away; it has to be there.</summary>
public sealed partial class KnownPainsTests
{
    [Fact]
    public void Each_of_the_25_has_a_test_that_is_there_or_a_sentence_why_not()
    {
        var rows = File.ReadAllLines(Path.Combine(TestTree.Root, "CONTRIBUTING.md"))
            .SkipWhile(line => line != "## What burns people elsewhere").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Split('|')[2]).ToList();
        var sources = Directory.EnumerateFiles(Path.Combine(TestTree.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

        Assert.Equal(25, rows.Count);
        foreach (var row in rows)
        {
            var tests = Test().Matches(row);
            Assert.True(tests.Count > 0 || row.Contains("Not ", StringComparison.Ordinal), row);
            foreach (Match test in tests)
                Assert.True(sources[test.Groups["class"].Value].Any(text => text.Contains($" {(test.Groups["name"].Success ? test.Groups["name"].Value : test.Groups["class"].Value)}(", StringComparison.Ordinal)), test.Value);
        }
    }

    [GeneratedRegex(@"`(?<class>[A-Za-z]+Tests)(\.(?<name>\w+))?`")]
    private static partial Regex Test();
}
