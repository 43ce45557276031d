using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Sandbox;

/// <summary>Where the packagers of each system put the server's programs. Each `*` stands for one folder name with a version in it.</summary>
internal static partial class InstallFolders
{
    private static readonly string[] s_linux =
    [
        "/usr/lib/postgresql/*/bin", // Debian, Ubuntu
        "/usr/pgsql-*/bin", // postgresql.org packages for Red Hat's family and SUSE
        "/usr/libexec/postgresql*", // Alpine
        "/usr/lib/postgresql*/bin", // SUSE
        "/usr/lib64/postgresql-*/bin", // Gentoo
        "/opt/postgresql/*/bin",
        "/usr/local/pgsql*/bin", // make install
        "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    ];

    private static readonly string[] s_macOS =
    [
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/Library/PostgreSQL/*/bin",
        "/opt/local/lib/postgresql*/bin",
    ];

    /// <summary>Those that exist and hold the programs, newest version in the name first.</summary>
    public static IEnumerable<string> Existing() => Where(ServerBinaries.AreIn);

    /// <summary>Full paths of a program in them, newest version in the name first: a machine may have the client's programs and no server.</summary>
    public static IEnumerable<string> Find(string program)
    {
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return Where(folder => File.Exists(Path.Combine(folder, file))).Select(folder => Path.Combine(folder, file));
    }

    private static IEnumerable<string> Where(Func<string, bool> holds) => Patterns().SelectMany(Expand).Where(holds).OrderByDescending(VersionInName);

    private static string[] Patterns() =>
        OperatingSystem.IsWindows() ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", "*", "bin")]
        : OperatingSystem.IsMacOS() ? s_macOS
        : s_linux;

    private static IEnumerable<string> Expand(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var before = pattern.LastIndexOfAny(['/', '\\'], star);
        var after = pattern.IndexOfAny(['/', '\\'], star);
        var parent = pattern[..before];
        var name = after < 0 ? pattern[(before + 1)..] : pattern[(before + 1)..after];
        var rest = after < 0 ? "" : pattern[(after + 1)..];
        if (!Directory.Exists(parent)) return [];
        return Directory.EnumerateDirectories(parent, name).Select(found => Path.Combine(found, rest));
    }

    private static decimal VersionInName(string folder) =>
        Number().Match(folder) is { Success: true } match ? decimal.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();
}
