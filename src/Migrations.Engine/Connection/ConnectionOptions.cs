namespace Migrations.Engine.Connection;

/// <summary>
/// Where and as whom to connect: complete, checked and immutable. It holds the password but never shows it:
/// neither <see cref="ToString"/> nor any public member does.
/// </summary>
public sealed record ConnectionOptions
{
    /// <summary>What the server shows as the name of a session of ours.</summary>
    public const string DefaultApplicationName = "Migrations";

    internal ConnectionOptions()
    {
    }

    /// <summary>The servers to try, in this order.</summary>
    public required IReadOnlyList<ServerAddress> Hosts { get; init; }

    /// <summary>The host of the first server: a name, an address or the folder of a Unix socket.</summary>
    public string Host => Hosts[0].Host;

    /// <summary>The port of the first server.</summary>
    public int Port => Hosts[0].Port;

    /// <summary>The database; as in libpq the one named like the user when none is given.</summary>
    public string Database => DatabaseName ?? User;

    public required string User { get; init; }

    public string ApplicationName { get; init; } = DefaultApplicationName;

    public TlsMode TlsMode => Tls.Mode;

    /// <summary>Which of several servers will do.</summary>
    public SessionTarget Target { get; init; }

    /// <summary>How long one server may take from name to session; infinite when libpq's connect_timeout is 0.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The service that the settings came from, when there was one.</summary>
    public string? Service { get; init; }

    /// <summary>True when a password or a source of tokens is at hand; a password file may still hold one.</summary>
    public bool HasPassword => Password is not null || Token is not null;

    /// <summary>Keywords that were understood and have no effect here, such as pool sizes.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    internal string? DatabaseName { get; init; }

    internal string? Password { get; init; }

    internal Func<CancellationToken, ValueTask<string>>? Token { get; init; }

    internal string? PasswordFile { get; init; }

    /// <summary>Socket folders that a password file calls localhost.</summary>
    internal IReadOnlyList<string> SocketFolders { get; init; } = [];

    internal TlsSettings Tls { get; init; } = new();

    /// <summary>Settings of the session in the server's command line form: <c>-c name=value</c>.</summary>
    internal string? ServerOptions { get; init; }

    internal string? SearchPath { get; init; }

    internal string? TimeZone { get; init; }

    internal bool ShuffleHosts { get; init; }

    internal ChannelBindingMode ChannelBinding { get; init; } = ChannelBindingMode.Prefer;

    /// <summary>The ways of authentication that are acceptable, in the driver's words; null accepts all.</summary>
    internal string? RequireAuth { get; init; }

    internal KerberosSettings Kerberos { get; init; } = new();

    /// <summary>
    /// Reads a connection text: libpq's keywords, Npgsql's keywords, a <c>postgresql://</c> URI, or the bare name of a service.
    /// What the text leaves open comes from its service, then from the PG* environment, then from libpq's defaults; null or
    /// empty text leaves everything open.
    /// </summary>
    /// <param name="sources">Null reads the environment and home folder of this process.</param>
    /// <exception cref="ConnectionTextException">The text, the service file or a variable cannot be understood or asks for what cannot be kept.</exception>
    public static ConnectionOptions Parse(string? text, ConnectionSources? sources = null) =>
        new OptionResolver(sources ?? ConnectionSources.OfThisProcess()).Resolve(ConnectionText.Read(text ?? ""));

    /// <summary>The same place as another user; a token script no longer applies.</summary>
    public ConnectionOptions WithCredential(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        return this with { User = user, Password = password, Token = null };
    }

    /// <summary>A source of short-lived passwords, asked once for each new connection, before the connection is begun.</summary>
    public ConnectionOptions WithToken(Func<CancellationToken, ValueTask<string>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return this with { Token = token, Password = null };
    }

    public ConnectionOptions WithDatabase(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return this with { DatabaseName = name };
    }

    public ConnectionOptions WithApplicationName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return this with { ApplicationName = name };
    }

    public override string ToString()
    {
        var hosts = string.Join(',', Hosts.Select(host => host.Host));
        var ports = Hosts.Select(host => host.Port).Distinct().Count() == 1
            ? $"{Port}"
            : string.Join(',', Hosts.Select(host => host.Port));
        return $"host={hosts} port={ports} dbname={Database} user={User}";
    }
}
