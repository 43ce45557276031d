using System.Text.RegularExpressions;
using Xunit;

namespace Migrations.Engine.Tests;

/// <summary>about_Migrations_Errors lists every error id there is, and none that is not.</summary>
public sealed partial class ErrorIdTests
{
    [Fact]
    public void Every_error_id_of_the_sources_is_explained() => Assert.Empty(Raised().Except(Explained()));

    [Fact]
    public void Every_error_id_that_is_explained_can_be_raised() => Assert.Empty(Explained().Except(Raised()));

    [Fact]
    public void No_error_id_is_explained_twice() => Assert.Empty(Listed().GroupBy(id => id).Where(same => same.Count() > 1).Select(same => same.Key));

    [Theory]
    [InlineData("""throw new EngineException("SomeId", kind""", "SomeId")]
    [InlineData("throw Refused(step, \"SomeId\",\n", "SomeId")]
    [InlineData("""new("SomeId", FailureKind.Data""", "SomeId")]
    [InlineData(""": base(failure.Failure, mask, "SomeId", Describe(""", "SomeId")]
    [InlineData("""_ => "ConnectionSomeFailed",""", "ConnectionSomeFailed")]
    [InlineData("""CheckAsync(message, script.Check, "SomeId", stop)""", "SomeId")]
    [InlineData("""new EngineException(state == "MG001" ? "SomeId" : "SomeId", FailureKind.Data""", "SomeId")]
    public void The_search_sees_an_id_in_every_form_that_the_sources_use(string source, string id) => Assert.Equal([id], IdsIn(source).Distinct());

    private static HashSet<string> Explained() => [.. Listed()];

    private static IEnumerable<string> Listed() =>
        Entry().Matches(File.ReadAllText(Path.Combine(TestTree.Root, "module", "en-US", "about_Migrations_Errors.help.txt"))).Select(entry => entry.Groups[1].Value);

    private static HashSet<string> Raised() =>
    [
        .. from room in new[] { "Migrations.Engine", "Migrations.Cmdlets" }
           from file in Directory.GetFiles(Path.Combine(TestTree.Root, "src", room), "*.cs", SearchOption.AllDirectories)
           where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
           from id in IdsIn(File.ReadAllText(file))
           select id,
    ];

    private static IEnumerable<string> IdsIn(string source) =>
        RaisedId().Matches(source).SelectMany(match => match.Groups.Values.Skip(1).Where(group => group.Success)).Select(group => group.Value);

    /// <summary>A line of one word, indented once.</summary>
    [GeneratedRegex(@"^    ([A-Z][A-Za-z]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Entry();

    /// <summary>The first text in the call of a constructor or of a helper that throws.</summary>
    [GeneratedRegex("""(?:Exception|\bnew|\bbase|\bWrong|\bRefused|\bCheckAsync)\s*\((?:[^"();]*,\s*)?"([A-Z][A-Za-z]+)"|\? "([A-Z][A-Za-z]+)" : "([A-Z][A-Za-z]+)", FailureKind|=> "(Connection[A-Za-z]+Failed)"|\bUnexpected = "([A-Za-z]+)";|(?:\bRefusalId =>|\bAnyGateRefused =) "([A-Za-z]+)";""")]
    private static partial Regex RaisedId();
}
