using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptNameTests
{
    [Theory]
    [InlineData("007_partitioning", "007", "partitioning", NameStyle.Plain)]
    [InlineData("1.2.10_add_users", "1.2.10", "add users", NameStyle.Plain)]
    [InlineData("20260131120000_add_users", "20260131120000", "add users", NameStyle.Plain)]
    [InlineData("42", "42", "", NameStyle.Plain)]
    [InlineData("003_add__twice", "003", "add  twice", NameStyle.Plain)]
    [InlineData("003__users", "003", "users", NameStyle.Plain)]
    [InlineData("V1_2__add_users", "1.2", "add users", NameStyle.Flyway)]
    [InlineData("V1.2.3__x", "1.2.3", "x", NameStyle.Flyway)]
    [InlineData("V2013.1.15.11.35.56__x", "2013.1.15.11.35.56", "x", NameStyle.Flyway)]
    [InlineData("U1_2__add_users", "1.2", "add users", NameStyle.FlywayUndo)]
    internal void The_version_is_what_stands_before_the_title(string stem, string version, string title, NameStyle style)
    {
        var name = ScriptName.TryParse(stem)!;
        Assert.Equal(version, name.Version!.ToString());
        Assert.Equal(title, name.Title);
        Assert.Equal(style, name.Style);
        Assert.Equal(stem, name.Stem);
    }

    [Fact]
    public void A_repeatable_of_Flyway_has_no_version()
    {
        var name = ScriptName.TryParse("R__active_users")!;
        Assert.Null(name.Version);
        Assert.Equal("active users", name.Title);
        Assert.Equal(NameStyle.FlywayRepeatable, name.Style);
    }

    [Theory]
    [InlineData("users", "begins with no version")]
    [InlineData("V1_users", "looks like one of Flyway's")]
    [InlineData("v1__users", "looks like one of Flyway's")]
    [InlineData("V1_a__users", "looks like one of Flyway's")]
    [InlineData("B7__baseline", "baseline")]
    [InlineData("001-users", "must end with an underscore")]
    [InlineData("", "begins with no version")]
    public void Other_names_are_explained(string stem, string expected)
    {
        Assert.Null(ScriptName.TryParse(stem));
        Assert.Contains(expected, ScriptName.Explain(stem).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_separator_gets_its_correction() => Assert.Contains("'001_users'", ScriptName.Explain("001-users").Advice, StringComparison.Ordinal);
}
