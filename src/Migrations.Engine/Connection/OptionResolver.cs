using System.Globalization;

namespace Migrations.Engine.Connection;

/// <summary>Fills what a connection text leaves open, with libpq's precedence: text, service, PG* variables, defaults.</summary>
internal sealed class OptionResolver(ConnectionSources sources)
{
    private const int DefaultPort = 5432;

    private static readonly Dictionary<string, SessionTarget> s_targets = new()
    {
        ["any"] = SessionTarget.Any,
        ["read-write"] = SessionTarget.ReadWrite,
        ["read-only"] = SessionTarget.ReadOnly,
        ["primary"] = SessionTarget.Primary,
        ["standby"] = SessionTarget.Standby,
        ["prefer-standby"] = SessionTarget.PreferStandby,
        ["prefer-primary"] = SessionTarget.PreferPrimary,
    };

    private static readonly Dictionary<string, ChannelBindingMode> s_channelBinding = new()
    {
        ["disable"] = ChannelBindingMode.Disable,
        ["prefer"] = ChannelBindingMode.Prefer,
        ["require"] = ChannelBindingMode.Require,
    };

    private static readonly Dictionary<string, GssEncryption> s_gssEncryption = new()
    {
        ["disable"] = GssEncryption.Disable,
        ["prefer"] = GssEncryption.Prefer,
        ["require"] = GssEncryption.Require,
    };

    private static readonly Dictionary<string, bool> s_hostOrder = new() { ["disable"] = false, ["random"] = true, ["false"] = false, ["true"] = true };

    public ConnectionOptions Resolve(IReadOnlyList<ConnectionSetting> given)
    {
        var settings = new SettingBag();
        settings.AddMissing(given, "the connection text");
        var service = settings.Text("service") ?? NotEmpty(sources.Variable("PGSERVICE"));
        if (service is not null)
        {
            var file = settings.Text("servicefile") ?? NotEmpty(sources.Variable("PGSERVICEFILE"));
            settings.AddMissing(ServiceFile.Read(service, file, sources), $"the service \"{service}\"");
        }

        settings.AddVariables(sources.Variable);

        if (settings.Text("client_encoding") is { } encoding && !encoding.Equals("auto", StringComparison.OrdinalIgnoreCase) && !IsUtf8(encoding))
            throw SettingBag.Bad("client_encoding", "cannot be anything but UTF8", "Remove it: text is always exchanged as UTF-8 and the server converts.");

        var user = settings.Text("user") ?? sources.UserName;
        var channelBinding = settings.Choice("channel_binding", s_channelBinding) ?? ChannelBindingMode.Prefer;
        return new ConnectionOptions
        {
            Hosts = Hosts(settings),
            User = user,
            DatabaseName = settings.Text("dbname"),
            Password = settings.Text("password"),
            PasswordFile = settings.Text("passfile") ?? DefaultPasswordFile(),
            SocketFolders = sources.SocketFolders,
            ApplicationName = settings.Text("application_name") ?? settings.Text("fallback_application_name") ?? ConnectionOptions.DefaultApplicationName,
            Service = service,
            ConnectTimeout = Timeout(settings.Number("connect_timeout")),
            Target = settings.Choice("target_session_attrs", s_targets) ?? SessionTarget.Any,
            ShuffleHosts = settings.Choice("load_balance_hosts", s_hostOrder) ?? false,
            ServerOptions = settings.Text("options"),
            SearchPath = settings.Text("search path"),
            TimeZone = settings.Text("time zone"),
            Tls = new TlsResolver(settings, sources).Resolve(),
            ChannelBinding = channelBinding,
            RequireAuth = AuthenticationMethods.Resolve(settings.Text("require_auth"), channelBinding),
            Kerberos = new KerberosSettings
            {
                Encryption = settings.Choice("gssencmode", s_gssEncryption) ?? GssEncryption.Disable,
                ServiceName = settings.Text("krbsrvname"),
                IncludeRealm = settings.Flag("include realm") ?? true,
            },
            Ignored = settings.Ignored,
        };
    }

    /// <summary>libpq: as many ports as hosts, or one for all; an empty entry is the default.</summary>
    private List<ServerAddress> Hosts(SettingBag settings)
    {
        var names = settings.Text("host")?.Split(',', StringSplitOptions.TrimEntries);
        var addresses = settings.Text("hostaddr")?.Split(',', StringSplitOptions.TrimEntries);
        var ports = settings.Text("port")?.Split(',', StringSplitOptions.TrimEntries) ?? [""];
        var count = addresses?.Length ?? names?.Length ?? 1;
        if (names is not null && addresses is not null && names.Length != addresses.Length)
            throw SettingBag.Bad("hostaddr", $"has {addresses.Length} entries for {names.Length} hosts", "Give as many addresses as hosts.");
        if (ports.Length != 1 && ports.Length != count)
            throw SettingBag.Bad("port", $"has {ports.Length} entries for {count} hosts", "Give one port for all hosts, or one for each.");

        var hosts = new List<ServerAddress>(count);
        for (var i = 0; i < count; i++)
        {
            var (given, own) = SplitPort(names?[i] ?? "");
            var port = Port(own ?? (ports.Length == 1 ? ports[0] : ports[i]));
            var address = NotEmpty(addresses?[i]);
            if (address is not null && !System.Net.IPAddress.TryParse(address, out _))
                throw SettingBag.Bad("hostaddr", $"cannot be \"{address}\"", "Give an IP address, or use host for a name.");
            hosts.Add(new ServerAddress(NotEmpty(given) ?? address ?? DefaultHost(port), port, address));
        }

        return hosts;
    }

    private static int Port(string text)
    {
        if (text.Length == 0) return DefaultPort;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw SettingBag.Bad("port", "is no number from 1 to 65535", "Write the port of the server, by default 5432.");
    }

    /// <summary>
    /// libpq takes the socket folder it was compiled with, and packagers chose different ones. A socket that is really
    /// there says which one is meant; without any, the server is on localhost.
    /// </summary>
    private string DefaultHost(int port) =>
        sources.SocketFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{port}")))) ?? "localhost";

    private string? DefaultPasswordFile() =>
        sources.HomeFolder is { } home ? Path.Combine(home, OperatingSystem.IsWindows() ? "pgpass.conf" : ".pgpass") : null;

    private static TimeSpan Timeout(int? seconds) => seconds switch
    {
        null => TimeSpan.FromSeconds(10),
        <= 0 => System.Threading.Timeout.InfiniteTimeSpan,
        _ => TimeSpan.FromSeconds(Math.Min(seconds.Value, 1024)),
    };

    /// <summary>Npgsql's `Host=name:port` and `[::1]:port`. An address with more colons is IPv6 without a port.</summary>
    private static (string Host, string? Port) SplitPort(string entry)
    {
        var bracket = entry.StartsWith('[') ? entry.IndexOf(']') : -1;
        var colon = bracket > 0 ? entry.IndexOf(':', bracket) : entry.IndexOf(':');
        if (bracket < 0 && (Path.IsPathFullyQualified(entry) || colon != entry.LastIndexOf(':'))) colon = -1;
        var (host, port) = colon < 0 ? (entry, null) : (entry[..colon], entry[(colon + 1)..]);
        return (bracket > 0 ? host[1..bracket] : host, port);
    }

    private static bool IsUtf8(string encoding) => encoding.Replace("-", "", StringComparison.Ordinal).Equals("UTF8", StringComparison.OrdinalIgnoreCase);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
