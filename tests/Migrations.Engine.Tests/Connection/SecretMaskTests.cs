using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class SecretMaskTests
{
    [Fact]
    public void The_longest_secret_goes_first()
    {
        var mask = new SecretMask();
        mask.Add("abc");
        mask.Add("abcdef");
        mask.Add("abcdef");
        Assert.Equal("x *** y *** z ***", mask.Apply("x abcdef y abc z abcdef"));
        Assert.Equal("2 secrets", mask.ToString());
    }

    [Fact]
    public void Nothing_known_changes_nothing()
    {
        var mask = new SecretMask();
        mask.Add("");
        Assert.True(mask.IsEmpty);
        Assert.Equal("text", mask.Apply("text"));
    }

    [Fact]
    public void Case_counts_and_patterns_are_plain_text()
    {
        var mask = new SecretMask();
        mask.Add("a.c$1");
        Assert.Equal("abc$1 A.C$1 ***", mask.Apply("abc$1 A.C$1 a.c$1"));
    }

    [Fact]
    public async Task It_can_be_filled_while_it_is_used()
    {
        var mask = new SecretMask();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                mask.Add($"secret-{worker}-{i}.");
                Assert.Equal("***", mask.Apply($"secret-{worker}-{i}."));
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal("400 secrets", mask.ToString());
    }
}
