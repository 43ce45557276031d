using Migrations.Engine.Online;
using Xunit;

namespace Migrations.Engine.Tests.Online;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy s_policy = new(TimeSpan.FromSeconds(2), 3, TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(2, 9, true)]
    [InlineData(3, 0, false)]
    [InlineData(1, 10, false)]
    public void Tries_are_capped_by_number_and_by_clock(int made, int seconds, bool another) =>
        Assert.Equal(another, s_policy.AllowsAnother(made, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Pauses_grow_stay_bounded_and_differ()
    {
        var random = new Random(7);
        var pauses = Enumerable.Range(1, 20).Select(made => RetryPolicy.Pause(made, random)).ToList();

        Assert.InRange(pauses[0].TotalMilliseconds, 100, 200);
        Assert.All(pauses, pause => Assert.InRange(pause.TotalMilliseconds, 100, 5000));
        Assert.True(pauses[9] > pauses[0] * 5);
        Assert.NotEqual(pauses[18], pauses[19]);
    }
}
