using System.ComponentModel;
using System.Diagnostics;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// Who runs the server's programs. PostgreSQL refuses root, so root lends them to <c>nobody</c>; not to <c>postgres</c>,
/// which may own a real cluster on this machine. What runs gets an environment of its own: no PG* of ours that would
/// steer it, none of our secrets.
/// </summary>
internal sealed class ServerUser
{
    // errno values that speak of the program and not of the user, the same on Linux and macOS.
    private const int NoSuchFile = 2;
    private const int AccessDenied = 13;

    private const string RunScript = """script=$MIGRATIONS_SCRIPT; unset MIGRATIONS_SCRIPT; eval "$script" """;

    private static readonly string[] s_kept = OperatingSystem.IsWindows()
        ? ["PATH", "SystemRoot", "SystemDrive", "TEMP", "TMP"]
        : ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LOCPATH"];

    private ServerUser(string? name) => Name = name;

    public static ServerUser Ourselves { get; } = new(null);

    /// <summary>Null when we run them ourselves.</summary>
    public string? Name { get; }

    public bool IsOther => Name is not null;

    public static ServerUser Choose() =>
        !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess ? new ServerUser("nobody") : Ourselves;

    /// <summary>Starts a POSIX shell script; its standard streams are ours. Who lists the processes sees its arguments, not its text.</summary>
    public Process StartShell(string script, IEnumerable<string> arguments)
    {
        var start = Describe("/bin/sh", ["-c", RunScript, "migrations-sandbox", .. arguments]);
        start.Environment["MIGRATIONS_SCRIPT"] = script;
        return Start(start);
    }

    public Process Start(string file, IEnumerable<string> arguments) => Start(Describe(file, arguments));

    /// <summary>Runs a script to its end and gives what it wrote.</summary>
    public async Task<ShellResult> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = StartShell(script, arguments);
        return await ShellResult.OfAsync(process, cancellationToken);
    }

    private ProcessStartInfo Describe(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = Path.GetPathRoot(AppContext.BaseDirectory),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Except(s_kept, StringComparer.OrdinalIgnoreCase).ToList()) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        if (!OperatingSystem.IsWindows())
        {
            start.Environment["HOME"] = "/";
            start.Environment["PATH"] = string.Join(':', [.. SearchPath.Folders, "/usr/bin", "/bin"]);
        }

        // The framework then does setgroups, setgid and setuid in the child: no sudo, no setpriv, no native code of ours.
        if (IsOther) start.UserName = Name;
        return start;
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e) when (IsOther && e.NativeErrorCode is not (NoSuchFile or AccessDenied))
        {
            throw new EngineException("SandboxUserRefused", FailureKind.Permission,
                $"PostgreSQL refuses to run as root, and its programs could not be started as '{Name}': {e.Message}",
                $"Run as an ordinary user, or give this process the right to change users (CAP_SETUID, CAP_SETGID) and a user '{Name}'.",
                Name, e);
        }
    }
}
