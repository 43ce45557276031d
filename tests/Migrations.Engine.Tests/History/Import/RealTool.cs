using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

/// <summary>Another migration tool as it is installed on this machine: its tables in the tests are made by itself.</summary>
internal sealed class RealTool
{
    private readonly string _path;

    private RealTool(string path) => _path = path;

    /// <summary>On PATH, or where the benchmarks keep their peers. Skips the test when it is not there.</summary>
    public static RealTool Find(string name)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var peers = Environment.GetEnvironmentVariable("MIGRATIONS_PEERS") ?? Path.Join(cache, "migrations", "peers");
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(Path.Join(peers, "bin"))
            .Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"{name} is not installed here, and only the tool itself makes its table as it does.");
        return new RealTool(path);
    }

    public async Task RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(_path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        // Without a time zone of the system sqitch's DateTime module gives up.
        start.Environment["TZ"] = "UTC";
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{_path} ended with {process.ExitCode}: {errors}{await output}");
    }

    /// <summary><c>user:password@host:port/database</c>.</summary>
    public static string Authority(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Username}:{Uri.EscapeDataString(parts.Password!)}@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
