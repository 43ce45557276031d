using System.Globalization;

namespace Migrations.Engine.Sandbox;

/// <summary>The log of a sandbox's server, for when it does not start. Sandboxes speak English (<c>lc_messages = 'C'</c>).</summary>
internal static class ServerLog
{
    public const string FileName = "server.log";

    private const int Shown = 8;

    public static string LastLines(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(Shown)) : "it wrote no log.";
    }

    public static bool SaysPortTaken(string log, int port) =>
        log.Contains("could not bind", StringComparison.Ordinal)
        && log.Contains("port " + port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
