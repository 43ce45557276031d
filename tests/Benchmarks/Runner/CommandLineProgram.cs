using System.Diagnostics;

namespace Benchmarks.Runner;

/// <summary>A program of one folder, or without it of the PATH and the folder that .ci/peers fills.</summary>
internal sealed class CommandLineProgram(string name, string? folder = null)
{
    private readonly string? _path = Find(name, folder is null ? SearchPath() : [folder]);

    public bool IsInstalled => _path is not null;

    /// <summary>The first line that matters of what the program says about itself; null: not installed.</summary>
    public async Task<string?> AskVersionAsync(string argument, Func<string, string> pick, CancellationToken ct) =>
        _path is null ? null : pick(await RunAsync([argument], new Dictionary<string, string>(), null, ct)).Trim();

    /// <summary>Runs it to its end. Throws with what it wrote when it fails.</summary>
    public async Task<string> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(_path!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{name} ended with {process.ExitCode}: {await errors}{await output}");
    }

    private static IEnumerable<string> SearchPath()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var peers = Environment.GetEnvironmentVariable("MIGRATIONS_PEERS") ?? Path.Join(cache, "migrations", "peers");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(Path.Join(peers, "bin"));
    }

    private static string? Find(string name, IEnumerable<string> folders) => folders
        .SelectMany(folder => new[] { Path.Join(folder, name), Path.Join(folder, name + ".exe") })
        .FirstOrDefault(File.Exists);
}
