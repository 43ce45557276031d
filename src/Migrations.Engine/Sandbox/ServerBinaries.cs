using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Sandbox;

/// <summary>A folder of server programs that really run here.</summary>
/// <param name="Folder">Absolute, links resolved.</param>
/// <param name="Version">As the server names it, such as 18.4.</param>
internal sealed partial record ServerBinaries(string Folder, string Version, int Major)
{
    /// <summary>The oldest major that this product supports.</summary>
    public const int OldestMajor = 15;

    private static readonly string[] s_needed = ["initdb", "pg_ctl", "postgres"];

    public string Program(string name) => PathOf(Folder, name);

    public static bool AreIn(string folder) => s_needed.All(name => File.Exists(PathOf(folder, name)));

    /// <summary>Asks the server itself, as the user that will run it; the reason when it does not answer.</summary>
    public static async Task<(ServerBinaries? Found, string? WhyNot)> InspectAsync(
        string folder, ServerUser user, CancellationToken cancellationToken)
    {
        var missing = s_needed.Where(name => !File.Exists(PathOf(folder, name))).ToList();
        if (missing.Count > 0) return (null, $"it holds no {string.Join(", no ", missing)}");

        ShellResult answer;
        try
        {
            using var process = user.Start(PathOf(folder, "postgres"), ["--version"]);
            answer = await ShellResult.OfAsync(process, cancellationToken);
        }
        catch (Win32Exception e)
        {
            return (null, $"its postgres cannot be run{As(user)}: {e.Message}");
        }

        var version = Number().Match(answer.Output);
        if (!answer.Succeeded || !version.Success) return (null, $"its postgres does not run{As(user)}: {answer.Errors}");
        var major = int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return major < OldestMajor
            ? (null, $"its version {version.Value} is older than {OldestMajor}")
            : (new ServerBinaries(folder, version.Value, major), null);
    }

    private static string As(ServerUser user) => user.IsOther ? $" by '{user.Name}'" : "";

    private static string PathOf(string folder, string name) =>
        Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\b(\d+)(\.\d+|devel|beta\d+|rc\d+)")]
    private static partial Regex Number();
}
