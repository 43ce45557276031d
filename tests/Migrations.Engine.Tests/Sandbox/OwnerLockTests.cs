using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

public sealed class OwnerLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Path => System.IO.Path.Combine(_folder.FullName, "x.lock");

    [Fact]
    public void Nobody_else_can_take_what_is_held()
    {
        using var held = OwnerLock.TryCreate(Path);

        Assert.NotNull(held);
        Assert.Null(OwnerLock.TryCreate(Path));
        Assert.Null(OwnerLock.TryTakeOver(Path));
    }

    [Fact]
    public void What_was_let_go_can_be_taken_over_but_not_created_again()
    {
        OwnerLock.TryCreate(Path)!.Dispose();

        Assert.Null(OwnerLock.TryCreate(Path));
        using var taken = OwnerLock.TryTakeOver(Path);
        Assert.NotNull(taken);
    }

    [Fact]
    public void A_removed_lock_is_no_lock()
    {
        OwnerLock.TryCreate(Path)!.Remove();

        Assert.False(File.Exists(Path));
        Assert.Null(OwnerLock.TryTakeOver(Path));
    }

    [Fact]
    public async Task A_waiter_gets_its_turn()
    {
        var first = await OwnerLock.WaitAsync(Path, TestContext.Current.CancellationToken);
        var second = OwnerLock.WaitAsync(Path, TestContext.Current.CancellationToken);
        await Task.Delay(120, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);

        first.Dispose();

        using var got = await second;
        Assert.NotNull(got);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_an_error_and_not_a_taken_lock() =>
        Assert.Throws<DirectoryNotFoundException>(() => OwnerLock.TryCreate(System.IO.Path.Combine(Path, "missing", "y.lock")));

    public void Dispose() => _folder.Delete(recursive: true);
}
