using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

public sealed class SandboxRegistryTests(Servers servers, PrivateCache cache) : IClassFixture<PrivateCache>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_shows_ours_and_those_of_other_processes_oldest_first()
    {
        var options = await cache.OptionsAsync(servers);
        using var owner = await OwnerProcess.StartAsync(options.CacheFolder!, options.BinaryPath!);
        await using var ours = await SandboxServer.StartAsync(options, new SilentActivity(), Cancelled);

        var list = (await cache.RegistryAsync()).List();

        Assert.Equal([owner.Sandbox.Info with { Owned = false }, ours.Info], list);
        Assert.True(ours.Info.Owned);
        Assert.Equal(owner.Id, list[0].OwnerProcessId);
        Assert.Equal(ours.BinaryPath, list[1].BinaryPath);

        owner.EndInput();
        await owner.WaitAsync();
    }

    [Fact]
    public async Task Another_processs_sandbox_can_be_stopped_by_name_and_its_owner_ends_in_peace()
    {
        var options = await cache.OptionsAsync(servers);
        using var owner = await OwnerProcess.StartAsync(options.CacheFolder!, options.BinaryPath!);
        var info = owner.Sandbox.Info;
        var registry = await cache.RegistryAsync();

        await registry.StopAsync(info.Name, Cancelled);

        Assert.DoesNotContain(registry.List(), other => other.Name == info.Name);
        Assert.False(Directory.Exists(info.Folder));
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => Servers.ExecuteAsync(owner.Sandbox.ConnectionString, "select 1"));
        await RunningProcesses.WaitUntilAsync(() => RunningProcesses.Naming(info.Folder).Count == 0, "the guard has ended too");
        Assert.True(RunningProcesses.Exists(owner.Id));
        owner.EndInput();
        await owner.WaitAsync();
    }

    [Fact]
    public async Task One_that_was_stopped_from_elsewhere_can_still_be_stopped_by_its_owner()
    {
        var server = await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled);
        await (await cache.RegistryAsync()).StopAsync(server.Name, Cancelled);

        await server.StopAsync(Cancelled);

        Assert.Empty(RunningProcesses.Naming(server.Folder));
    }

    [Theory]
    [InlineData("pg15-nobody")]
    [InlineData("../sandboxes")]
    [InlineData("")]
    public async Task A_name_that_nobody_has_is_an_error(string name)
    {
        var failure = await Assert.ThrowsAsync<EngineException>(async () => await (await cache.RegistryAsync()).StopAsync(name, Cancelled));

        Assert.Equal("SandboxNotFound", failure.ErrorId);
        Assert.Equal(name, failure.Target);
    }
}
