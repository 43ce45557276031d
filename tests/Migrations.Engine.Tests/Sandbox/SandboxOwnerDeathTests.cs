using System.Runtime.Versioning;
using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>What happens to a sandbox when those who watch over it die, in every order.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SandboxOwnerDeathTests(Servers servers, PrivateCache cache) : IClassFixture<PrivateCache>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task A_killed_owner_takes_server_folder_and_lock_with_it(string signal)
    {
        using var owner = await StartOwnerAsync();
        var folder = owner.Sandbox.Info.Folder;
        Assert.Equal(1, await Servers.ScalarAsync<int>(owner.Sandbox.ConnectionString, "select 1"));

        await RunningProcesses.SignalAsync(signal, owner.Id);

        await AssertGoneAsync(folder);
    }

    [Fact]
    public async Task An_owner_that_ends_without_a_stop_takes_everything_with_it()
    {
        using var owner = await StartOwnerAsync();

        owner.EndInput();

        await owner.WaitAsync();
        await AssertGoneAsync(owner.Sandbox.Info.Folder);
    }

    [Fact]
    public async Task A_busy_session_does_not_keep_a_dead_owners_server_alive()
    {
        using var owner = await StartOwnerAsync();
        var busy = Servers.ExecuteAsync(owner.Sandbox.ConnectionString, "do $$ begin loop perform 1; end loop; end $$");
        await RunningProcesses.WaitUntilActiveAsync(owner.Sandbox.ConnectionString, "begin loop");

        await RunningProcesses.SignalAsync("KILL", owner.Id);

        await AssertGoneAsync(owner.Sandbox.Info.Folder);
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => busy);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("HUP")]
    public async Task A_terminals_signal_to_the_whole_group_reaches_neither_server_nor_guard(string signal)
    {
        using var owner = await StartOwnerAsync();
        var folder = owner.Sandbox.Info.Folder;
        var guard = RunningProcesses.GuardOf(folder);

        await RunningProcesses.SignalAsync(signal, -owner.Id);
        await Task.Delay(300, Cancelled);

        if (signal == "INT")
        {
            // The owner stays, as an interactive shell does, and so does its server.
            Assert.True(RunningProcesses.Exists(guard));
            Assert.Equal(1, await Servers.ScalarAsync<int>(owner.Sandbox.ConnectionString, "select 1"));
            owner.EndInput();
        }

        await AssertGoneAsync(folder);
    }

    [Fact]
    public async Task When_the_guard_was_killed_too_the_next_start_sweeps()
    {
        using var owner = await StartOwnerAsync();
        var info = owner.Sandbox.Info;
        var server = RunningProcesses.ServerOf(info.Folder);
        await RunningProcesses.SignalAsync("KILL", RunningProcesses.GuardOf(info.Folder));
        await RunningProcesses.SignalAsync("KILL", owner.Id);
        await owner.WaitAsync();
        Assert.True(RunningProcesses.Exists(server), "Nobody is there who would have stopped it.");

        await using var next = await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled);

        Assert.False(RunningProcesses.Exists(server));
        Assert.Equal([next.Name, next.Name + ".lock"], cache.Left.Order());
    }

    [Fact]
    public async Task When_everybody_was_killed_the_next_start_removes_the_folder_and_stray_sessions()
    {
        using var owner = await StartOwnerAsync();
        var folder = owner.Sandbox.Info.Folder;
        var busy = Servers.ExecuteAsync(owner.Sandbox.ConnectionString, "do $$ begin loop perform 2; end loop; end $$");
        await RunningProcesses.WaitUntilActiveAsync(owner.Sandbox.ConnectionString, "begin loop");
        var server = RunningProcesses.ServerOf(folder);
        await RunningProcesses.SignalAsync("KILL", RunningProcesses.GuardOf(folder));
        await RunningProcesses.SignalAsync("KILL", owner.Id);
        await RunningProcesses.SignalAsync("KILL", server);
        await owner.WaitAsync();

        await using var next = await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled);

        Assert.False(Directory.Exists(folder));
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => busy);
    }

    [Fact]
    public async Task A_living_owners_sandbox_is_never_swept_even_without_its_guard()
    {
        using var owner = await StartOwnerAsync();
        var info = owner.Sandbox.Info;
        await RunningProcesses.SignalAsync("KILL", RunningProcesses.GuardOf(info.Folder));

        var registry = await cache.RegistryAsync();
        Assert.Empty(await registry.SweepAsync(Cancelled));
        Assert.Equal(1, await Servers.ScalarAsync<int>(owner.Sandbox.ConnectionString, "select 1"));
        Assert.Equal(info.Name, Assert.Single(registry.List()).Name);

        // Its end is what makes it sweepable.
        owner.EndInput();
        await owner.WaitAsync();
        Assert.Equal([info.Name], await registry.SweepAsync(Cancelled));
        await AssertGoneAsync(info.Folder);
    }

    [Fact]
    public async Task An_owner_whose_guard_was_killed_still_stops_its_server()
    {
        var server = await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled);
        await RunningProcesses.SignalAsync("KILL", RunningProcesses.GuardOf(server.Folder));

        await server.StopAsync(Cancelled);

        await AssertGoneAsync(server.Folder);
    }

    [Fact]
    public async Task A_crashed_server_leaves_nothing_when_it_is_stopped()
    {
        var server = await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled);
        await RunningProcesses.SignalAsync("KILL", RunningProcesses.ServerOf(server.Folder));

        await server.StopAsync(Cancelled);

        await AssertGoneAsync(server.Folder);
    }

    [Fact]
    public async Task A_stranger_with_the_number_of_a_dead_server_is_not_touched()
    {
        var user = ServerUser.Choose();
        using var stranger = user.StartShell("exec sleep 60", []);
        await using (await SandboxServer.StartAsync(await cache.OptionsAsync(servers), new SilentActivity(), Cancelled))
        {
            // What a crash of the whole machine leaves: no lock, a folder, and a number that somebody else has now.
            var folder = Path.Combine(cache.Folder, "sandboxes", "pg15-dead");
            await user.RunAsync("""mkdir -p "$1/data" && echo "$2" >"$1/data/postmaster.pid" """, [folder, $"{stranger.Id}"], Cancelled);

            Assert.Equal(["pg15-dead"], await (await cache.RegistryAsync()).SweepAsync(Cancelled));

            Assert.False(Directory.Exists(folder));
            Assert.True(RunningProcesses.Exists(stranger.Id));
        }

        stranger.Kill();
    }

    private async Task<OwnerProcess> StartOwnerAsync()
    {
        var options = await cache.OptionsAsync(servers);
        return await OwnerProcess.StartAsync(options.CacheFolder!, options.BinaryPath!);
    }

    private async Task AssertGoneAsync(string folder)
    {
        await RunningProcesses.WaitUntilAsync(() => RunningProcesses.Naming(folder).Count == 0, "no process names the folder");
        await RunningProcesses.WaitUntilAsync(() => cache.Left.Count == 0, "folder and lock are gone");
    }
}
