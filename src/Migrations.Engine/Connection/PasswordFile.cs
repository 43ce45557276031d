using System.Text;

namespace Migrations.Engine.Connection;

/// <summary>The user's pgpass file ("The Password File"): <c>host:port:database:user:password</c>, <c>*</c> for any, <c>\</c> before <c>:</c> and <c>\</c>.</summary>
internal static class PasswordFile
{
    private const UnixFileMode OthersMayUse =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The password of the first line that fits; null when none does or the file is not to be trusted.</summary>
    /// <param name="warn">Told why a file that exists was not used.</param>
    public static string? Find(string path, string host, int port, string database, string user, Action<string> warn)
    {
        if (!File.Exists(path))
        {
            if (Directory.Exists(path)) warn($"The password file {path} is not a plain file and was not used.");
            return null;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMayUse) != 0)
        {
            warn($"The password file {path} was not used: its group or others can read it. Run: chmod 600 {path}");
            return null;
        }

        try
        {
            var wanted = new[] { host, port.ToString(System.Globalization.CultureInfo.InvariantCulture), database, user };
            return File.ReadLines(path).Select(line => PasswordOf(line, wanted)).FirstOrDefault(password => password is not null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"The password file {path} could not be read and was not used.");
            return null;
        }
    }

    private static string? PasswordOf(string line, string[] wanted)
    {
        if (line.StartsWith('#')) return null;
        var at = 0;
        foreach (var expected in wanted)
        {
            var (field, escaped) = ReadField(line, ref at);
            if (at > line.Length) return null;
            if (field != expected && (field != "*" || escaped)) return null;
        }

        // The password is the rest of the line; libpq ends it at a bare colon, so that later fields stay possible.
        return ReadField(line, ref at).Field;
    }

    /// <summary>Reads up to the next bare colon and steps over it; past the end of the line when there is none.</summary>
    private static (string Field, bool Escaped) ReadField(string line, ref int at)
    {
        var field = new StringBuilder();
        var escaped = false;
        for (; at < line.Length && line[at] != ':'; at++)
        {
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                escaped = true;
            }

            field.Append(line[at]);
        }

        at++;
        return (field.ToString(), escaped);
    }
}
