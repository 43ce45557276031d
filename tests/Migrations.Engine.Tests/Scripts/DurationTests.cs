using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("2D", 172_800_000)]
    public void A_number_and_a_unit_make_a_time_limit(string text, int milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 week")]
    [InlineData("1e3s")]
    [InlineData("25d")]
    [InlineData("")]
    public void A_bare_number_and_what_the_server_cannot_hold_are_refused(string text) => Assert.False(Duration.TryParse(text, out _));
}
