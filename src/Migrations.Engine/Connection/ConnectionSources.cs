namespace Migrations.Engine.Connection;

/// <summary>
/// Everything beside the connection text that decides where a connection goes. Tests and embedders hand in their own,
/// so nobody has to change the environment of a process.
/// </summary>
public sealed record ConnectionSources
{
    /// <summary>Reads one environment variable; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The operating system's name of the user: the default role, as in libpq.</summary>
    public required string UserName { get; init; }

    /// <summary>Where <c>.pgpass</c> and <c>.pg_service.conf</c> are: the home folder, on Windows <c>%APPDATA%\postgresql</c>.</summary>
    public required string? HomeFolder { get; init; }

    /// <summary>Where <c>root.crt</c>, <c>postgresql.crt</c> and <c>postgresql.key</c> are: <c>~/.postgresql</c>, on Windows <c>%APPDATA%\postgresql</c>.</summary>
    public required string? CertificateFolder { get; init; }

    /// <summary>Folders of the system-wide <c>pg_service.conf</c>; libpq has one compiled in, and packagers chose differently.</summary>
    public IReadOnlyList<string> SystemFolders { get; init; } = [];

    /// <summary>Folders where a local server puts its socket; the first that holds one for the port is the default host.</summary>
    public IReadOnlyList<string> SocketFolders { get; init; } = [];

    /// <summary>Nothing beside the text: for a server of our own, which no PG* variable should redirect or refuse.</summary>
    public static ConnectionSources None { get; } = new() { Variable = _ => null, UserName = Environment.UserName, HomeFolder = null, CertificateFolder = null };

    public static ConnectionSources OfThisProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            var settings = Environment.GetEnvironmentVariable("APPDATA") is { Length: > 0 } data ? Path.Combine(data, "postgresql") : null;
            return new ConnectionSources
            {
                Variable = Environment.GetEnvironmentVariable,
                UserName = Environment.UserName,
                HomeFolder = settings,
                CertificateFolder = settings,
            };
        }

        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } path
            ? path
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new ConnectionSources
        {
            Variable = Environment.GetEnvironmentVariable,
            UserName = Environment.UserName,
            HomeFolder = home,
            CertificateFolder = Path.Combine(home, ".postgresql"),
            SystemFolders = ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/usr/local/etc/postgresql", "/usr/local/pgsql/etc", "/etc"],
            SocketFolders = ["/var/run/postgresql", "/run/postgresql", "/tmp"],
        };
    }
}
