namespace Benchmarks;

/// <summary>How busy the machine is with everything on it: printed beside figures, since a busy machine widens them.</summary>
internal static class MachineLoad
{
    private const string LinuxAverages = "/proc/loadavg";

    /// <summary>The processes that ran or wanted to, averaged over the last minute; "unknown" where the system does not say.</summary>
    public static string OfLastMinute => File.Exists(LinuxAverages) ? File.ReadAllText(LinuxAverages).Split(' ')[0] : "unknown";
}
