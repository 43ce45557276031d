using System.Diagnostics;
using System.Text.Json;
using System.Runtime.Versioning;
using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>Users, homes, inputs and neighbours that are not the usual ones.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SandboxSurroundingsTests(Servers servers, PrivateCache cache) : IClassFixture<PrivateCache>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exec \"$@\" <&-")]
    [InlineData("exec \"$@\" </dev/null")]
    [InlineData("unset HOME; exec \"$@\" </dev/null")]
    [InlineData("HOME=/nonexistent TMPDIR= umask 077; exec \"$@\" </dev/null")]
    public async Task It_starts_without_an_input_a_home_or_a_kind_umask(string shell)
    {
        var options = await cache.OptionsAsync(servers);
        var child = TestChild.CommandLine(SandboxOwner.Role, options.CacheFolder!, options.BinaryPath!, "-", "at-once");

        using var process = Process.Start(TestChild.StartInfo(["/bin/sh", "-c", shell, "sh", .. child]))!;
        var answer = await ShellResult.OfAsync(process, Cancelled);

        Assert.True(answer.Succeeded && answer.Output.StartsWith('{'), $"{answer.Output} {answer.Errors}");
        var folder = JsonSerializer.Deserialize<OwnedSandbox>(answer.Output)!.Info.Folder;
        await RunningProcesses.WaitUntilAsync(() => cache.Left.Count == 0 && RunningProcesses.Naming(folder).Count == 0, "all is gone");
    }

    [Fact]
    public async Task An_unprivileged_user_without_a_home_runs_servers_as_itself()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can become somebody else; the other tests ran unprivileged.");
        var nobody = ServerUser.Choose();
        var reach = await nobody.RunAsync("""test -x "$1" """, [TestChild.Dotnet], Cancelled);
        Assert.SkipUnless(reach.Succeeded, $"{TestChild.Dotnet} is out of reach for '{nobody.Name}'.");

        // A copy of this program and a folder for temporary files, both of nobody: ours may lie in root's home.
        var place = Directory.CreateTempSubdirectory().FullName;
        await ServerUser.Ourselves.RunAsync(
            """cp -R "$1" "$2/program" && mkdir "$2/tmp" && chmod -R a+rX "$2" && chown "$3" "$2/tmp" """,
            [AppContext.BaseDirectory, place, nobody.Name!], Cancelled);
        try
        {
            var binaries = (await cache.OptionsAsync(servers)).BinaryPath!;
            var start = TestChild.StartInfo(TestChild.CommandLineIn(Path.Combine(place, "program"), SandboxOwner.Role, "-", binaries, "-"));
            start.UserName = nobody.Name;
            start.WorkingDirectory = "/";
            start.Environment["HOME"] = "/nonexistent";
            start.Environment["TMPDIR"] = Path.Combine(place, "tmp");
            start.Environment.Remove("XDG_CACHE_HOME");
            start.Environment.Remove("MIGRATIONS_CACHE");
            using var owner = await OwnerProcess.StartAsync(start);
            var folder = owner.Sandbox.Info.Folder;

            Assert.StartsWith(Path.Combine(place, "tmp", "migrations-nobody"), folder, StringComparison.Ordinal);
            Assert.Equal(1, await Servers.ScalarAsync<int>(owner.Sandbox.ConnectionString, "select 1"));
            Assert.Equal("nobody", await RunningProcesses.UserOfAsync(RunningProcesses.ServerOf(folder)));

            owner.EndInput();
            await owner.WaitAsync();
            await RunningProcesses.WaitUntilAsync(
                () => RunningProcesses.Naming(folder).Count == 0 && !Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder)!).Any(), "all is gone");
        }
        finally
        {
            await ServerUser.Ourselves.RunAsync("""chmod -R u+w "$1"; rm -rf "$1" """, [place], Cancelled);
        }
    }

    [Fact]
    public async Task Root_that_may_not_change_users_gets_a_clear_error()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && SearchPath.Find("setpriv") is not null, "This is about root, and needs setpriv.");
        var options = await cache.OptionsAsync(servers);
        var child = TestChild.CommandLine(SandboxOwner.Role, options.CacheFolder!, options.BinaryPath!, "-", "at-once");

        using var process = Process.Start(TestChild.StartInfo(["setpriv", "--bounding-set=-setuid,-setgid", .. child]))!;
        var answer = await ShellResult.OfAsync(process, Cancelled);

        Assert.StartsWith("SandboxUserRefused", answer.Output, StringComparison.Ordinal);
        Assert.Contains("'nobody'", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_race_for_an_empty_cache_share_one_template()
    {
        await using var empty = new PrivateCache();
        var options = await empty.OptionsAsync(servers);

        var owners = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OwnerProcess.StartAsync(empty.Folder, options.BinaryPath!)));

        foreach (var owner in owners) Assert.Equal(1, await Servers.ScalarAsync<int>(owner.Sandbox.ConnectionString, "select 1"));
        var template = Path.Combine(empty.Folder, "templates", Assert.Single(empty.Templates));
        const UnixFileMode writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        Assert.All(Directory.EnumerateFileSystemEntries(template, "*", SearchOption.AllDirectories),
            entry => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(entry) & writable));

        foreach (var owner in owners) owner.EndInput();
        foreach (var owner in owners) await owner.WaitAsync();
        foreach (var owner in owners) owner.Dispose();
        await RunningProcesses.WaitUntilAsync(() => empty.Left.Count == 0, "all is gone");
    }

    [Fact]
    public async Task A_folder_that_cannot_hold_sandboxes_is_a_clear_error()
    {
        var file = Path.GetTempFileName();

        var failure = await Assert.ThrowsAsync<EngineException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { CacheFolder = file }, new SilentActivity(), Cancelled));

        Assert.Equal("SandboxFolderUnusable", failure.ErrorId);
        Assert.Contains("MIGRATIONS_CACHE", failure.Advice, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Where_file_locks_have_no_effect_nothing_is_started()
    {
        var options = await cache.OptionsAsync(servers);
        var start = TestChild.StartInfo(TestChild.CommandLine(SandboxOwner.Role, options.CacheFolder!, options.BinaryPath!, "-"));
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "true";

        using var process = Process.Start(start)!;
        var answer = await ShellResult.OfAsync(process, Cancelled);

        Assert.StartsWith("SandboxFolderUnusable", answer.Output, StringComparison.Ordinal);
        Assert.Empty(cache.Left);
    }
}
