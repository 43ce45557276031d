using CsCheck;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptVersionTests
{
    private static readonly Gen<ScriptVersion> s_version =
        Gen.OneOf(Gen.Int[0, 12].Select(i => $"{i}"), Gen.Int[0, 12].Select(i => $"00{i}"), Gen.Long[20200101000000, 20301231235959].Select(l => $"{l}"))
            .Array[1, 4].Select(pieces => ScriptVersion.Parse(string.Join('.', pieces)));

    [Theory]
    [InlineData("1", "001")]
    [InlineData("1", "1.0")]
    [InlineData("1.02", "1.2")]
    [InlineData("0", "000")]
    [InlineData("1.2.0.0", "01.2")]
    public void Zeros_that_change_no_number_do_not_count(string left, string right)
    {
        var (a, b) = (ScriptVersion.Parse(left), ScriptVersion.Parse(right));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal(a.Canonical, b.Canonical);
        Assert.True(a == b && a <= b && a >= b && !(a < b) && !(a > b) && !(a != b));
    }

    [Theory]
    [InlineData("1.2.9", "1.2.10")]
    [InlineData("9", "10")]
    [InlineData("1.9", "2")]
    [InlineData("1", "1.0.1")]
    [InlineData("999", "20260131120000")]
    [InlineData("20260131120000", "20260131120001")]
    [InlineData("99999999999999999999999999", "100000000000000000000000000")]
    public void Numbers_of_any_size_are_compared_piece_by_piece(string lower, string higher)
    {
        var (a, b) = (ScriptVersion.Parse(lower), ScriptVersion.Parse(higher));
        Assert.True(a < b && a <= b && b > a && b >= a && a != b);
        Assert.NotEqual(a.Canonical, b.Canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("1-2")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("१")]
    public void Anything_but_digits_and_dots_is_no_version(string text)
    {
        Assert.False(ScriptVersion.TryParse(text, out _));
        Assert.Equal("VersionInvalid", Assert.Throws<EngineException>(() => ScriptVersion.Parse(text)).ErrorId);
    }

    [Fact]
    public void It_shows_as_it_was_written() => Assert.Equal("007", ScriptVersion.Parse("007").ToString());

    [Fact]
    public void The_order_is_total() => Gen.Select(s_version, s_version, s_version).Sample((a, b, c) =>
    {
        Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
        Assert.Equal(a.CompareTo(b) == 0, a.Equals(b));
        Assert.Equal(a.Equals(b), a.Canonical == b.Canonical);
        if (a.Equals(b)) Assert.Equal(a.GetHashCode(), b.GetHashCode());
        if (a <= b && b <= c) Assert.True(a <= c);
    });

    [Fact]
    public void The_order_is_that_of_the_numbers() => Gen.Int[0, int.MaxValue].Array[1, 4].Select(Gen.Int[0, int.MaxValue].Array[1, 4]).Sample((a, b) =>
    {
        var expected = Enumerable.Range(0, 4).Select(i => a.ElementAtOrDefault(i).CompareTo(b.ElementAtOrDefault(i))).FirstOrDefault(c => c != 0);
        Assert.Equal(expected, Math.Sign(ScriptVersion.Parse(string.Join('.', a)).CompareTo(ScriptVersion.Parse(string.Join('.', b)))));
    });
}
