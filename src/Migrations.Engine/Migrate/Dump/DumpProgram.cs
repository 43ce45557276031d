using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Migrate;

/// <summary>A pg_dump that runs here. It reads servers of its own major and older ones, never newer ones.</summary>
internal sealed partial record DumpProgram(string FullPath, string Version, int Major)
{
    /// <summary>The nearest to the server: its own major, else the next newer one.</summary>
    /// <exception cref="EngineException">PgDumpNotFound.</exception>
    public static async Task<DumpProgram> FindAsync(int serverMajor, CancellationToken cancellationToken)
    {
        var found = new List<DumpProgram>();
        foreach (var path in Candidates().Distinct(StringComparer.Ordinal))
        {
            if (await AskAsync(path, cancellationToken) is { } program) found.Add(program);
        }

        if (found.Where(program => program.Major >= serverMajor).MinBy(program => program.Major) is { } best) return best;
        var seen = found.Count == 0 ? "" : $" Found and too old: {string.Join(", ", found.Select(program => $"{program.FullPath} ({program.Version})"))}.";
        throw new EngineException("PgDumpNotFound", FailureKind.NotFound,
            $"No pg_dump of PostgreSQL {serverMajor} or newer was found; it writes the script, and the server is of that version.{seen} Nothing was written.",
            $"Install the client programs of PostgreSQL {serverMajor} or newer (postgresql-client-{serverMajor} on Debian), put pg_dump on PATH, or name its folder in MIGRATIONS_PGBIN. "
            + "Or write the script where pg_dump is: pg_dump --schema-only --no-owner > versions/001_baseline.sql",
            serverMajor);
    }

    /// <summary>Runs it against the server of a session. The password travels in the environment of the child, never on its command line.</summary>
    public async Task<string> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, SecretMask secrets, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(FullPath, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        // What this process was told by PG* is in the options already; a service would even win over what the child is told.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["LC_ALL"] = "C";

        using var process = Process.Start(start)!;
        var result = await ShellResult.OfAsync(process, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new EngineException("PgDumpFailed", FailureKind.Server,
                $"pg_dump {Version} ended with {result.ExitCode}: {secrets.Apply(result.Errors)} Nothing was written.",
                "It needs the right to read every table of the schema: connect as the owner, or have pg_read_all_data granted.", FullPath);
    }

    private static IEnumerable<string> Candidates()
    {
        var file = OperatingSystem.IsWindows() ? "pg_dump.exe" : "pg_dump";
        if (Environment.GetEnvironmentVariable("MIGRATIONS_PGBIN") is { Length: > 0 } named && File.Exists(Path.Combine(named, file))) yield return Path.Combine(named, file);
        // Before PATH: what lies in /usr/bin may be a wrapper that chooses a version of its own.
        foreach (var path in InstallFolders.Find("pg_dump")) yield return path;
        foreach (var folder in SearchPath.Folders)
        {
            if (File.Exists(Path.Combine(folder, file))) yield return Path.Combine(folder, file);
        }
    }

    private static async Task<DumpProgram?> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var process = ServerUser.Ourselves.Start(path, ["--version"]);
            var answer = await ShellResult.OfAsync(process, cancellationToken);
            return answer.Succeeded && Number().Match(answer.Output) is { Success: true } version
                ? new DumpProgram(path, version.Value, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
                : null;
        }
        catch (Win32Exception)
        {
            // Not for this machine, or not for us: the next one may be.
            return null;
        }
    }

    [GeneratedRegex(@"\b(\d+)(\.\d+|devel|beta\d+|rc\d+)")]
    private static partial Regex Number();
}
