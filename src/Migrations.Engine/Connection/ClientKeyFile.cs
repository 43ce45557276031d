namespace Migrations.Engine.Connection;

/// <summary>libpq's rule for the client's private key: a file that others can read proves nothing.</summary>
internal static class ClientKeyFile
{
    private const UnixFileMode OthersMayUse = (UnixFileMode)0b111_111;

    /// <summary>The one exception of libpq, a key of root's that a group may read (0640), cannot be told without the owner, so it passes.</summary>
    private const UnixFileMode GroupMayRead = UnixFileMode.GroupRead;

    public static void RefuseWhenShared(string? path)
    {
        if (path is null || OperatingSystem.IsWindows() || !File.Exists(path)) return;
        if ((File.GetUnixFileMode(path) & OthersMayUse & ~GroupMayRead) == 0) return;
        throw new EngineException("ConnectionKeyFileShared", FailureKind.Refused, $"the private key {path} can be used by its group or by others.", $"Run: chmod 600 {path}");
    }
}
