using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>Looks at Linux's /proc, which shows what `ps` shows.</summary>
internal static class RunningProcesses
{
    /// <summary>Those whose command line holds the text: the guard and the server of a sandbox name its folder.</summary>
    public static IReadOnlyList<(int Id, string CommandLine)> Naming(string text) =>
        [.. All().Where(process => process.CommandLine.Contains(text, StringComparison.Ordinal))];

    public static int GuardOf(string folder) => Assert.Single(Naming(folder), process => process.CommandLine.StartsWith("/bin/sh", StringComparison.Ordinal)).Id;

    public static int ServerOf(string folder) =>
        int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The name of the user that runs it.</summary>
    public static async Task<string> UserOfAsync(int id)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["--format=%U", $"/proc/{id}"]) { RedirectStandardOutput = true })!;
        return (await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
    }

    public static bool Exists(int id) => Directory.Exists($"/proc/{id}") && !IsZombie(id);

    public static async Task SignalAsync(string signal, int id)
    {
        using var kill = Process.Start("kill", ["-s", signal, "--", id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Until the server of this connection string runs a statement that contains the text.</summary>
    public static Task WaitUntilActiveAsync(string connectionString, string statement) => WaitUntilAsync(
        async () => await Servers.ScalarAsync<long>(connectionString, $"""
            select count(*) from pg_stat_activity
            where state = 'active' and pid <> pg_backend_pid() and query like '%{statement}%'
            """) > 0,
        $"{statement} runs");

    public static Task WaitUntilAsync(Func<bool> condition, string what) => WaitUntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>Fails when it does not come true within ten seconds.</summary>
    private static async Task WaitUntilAsync(Func<Task<bool>> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), $"Not within ten seconds: {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static IEnumerable<(int Id, string CommandLine)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            var commandLine = ReadOrNothing(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            if (commandLine.Length > 0) yield return (id, commandLine);
        }
    }

    private static bool IsZombie(int id) => ReadOrNothing($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static string ReadOrNothing(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
