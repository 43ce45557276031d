using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A real program of another tool. A test that needs it is skipped where it is not installed.</summary>
internal sealed class ForeignProgram(string path)
{
    private static readonly string[] s_folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(f => f, StringComparer.Ordinal).Select(f => Path.Combine(f, "bin")) : [],
        // Where the benchmarks keep the tools that they compare with.
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "migrations", "peers", "bin"),
    ];

    public string FileName { get; } = path;

    public static ForeignProgram FindOrSkip(string name)
    {
        foreach (var folder in s_folders)
            if (File.Exists(Path.Combine(folder, name))) return new ForeignProgram(Path.Combine(folder, name));

        Assert.Skip($"{name} is not installed.");
        throw new InvalidOperationException();
    }

    /// <summary>A pg_dump that is as new as the server: an older one refuses to read it.</summary>
    public static async Task<ForeignProgram> PgDumpOrSkipAsync(int major)
    {
        var program = FindOrSkip("pg_dump");
        var version = await program.RunAsync("/", null, "--version");
        var own = int.Parse(version.Split(' ')[2].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
        if (own < major) Assert.Skip($"pg_dump {own} cannot read PostgreSQL {major}.");
        return program;
    }

    /// <summary>What it wrote to its output; a failure fails the test.</summary>
    /// <param name="connection">Handed over as PG* variables; null: none.</param>
    public async Task<string> RunAsync(string folder, string? connection, params string[] arguments)
    {
        var start = new ProcessStartInfo(FileName, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        if (connection is not null)
        {
            var target = new NpgsqlConnectionStringBuilder(connection);
            start.Environment["PGHOST"] = target.Host;
            start.Environment["PGPORT"] = target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
            start.Environment["PGUSER"] = target.Username;
            start.Environment["PGPASSWORD"] = target.Password;
            start.Environment["PGDATABASE"] = target.Database;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Workbench.Token);
        var output = await process.StandardOutput.ReadToEndAsync(Workbench.Token);
        await process.WaitForExitAsync(Workbench.Token);
        Assert.True(process.ExitCode == 0, $"{FileName} {string.Join(' ', arguments)}: {await error}");
        return output;
    }
}
