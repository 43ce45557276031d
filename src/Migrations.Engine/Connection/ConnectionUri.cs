using System.Text;

namespace Migrations.Engine.Connection;

/// <summary>
/// <c>postgresql://user:password@host:port,host:port/database?keyword=value</c> ("Connection URIs"). Not System.Uri: that
/// knows one host only and normalizes what must stay as it is.
/// </summary>
internal static class ConnectionUri
{
    private static readonly string[] s_schemes = ["postgresql://", "postgres://"];

    public static bool Is(string text) => s_schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static IReadOnlyList<ConnectionSetting> Read(string text)
    {
        var settings = new List<ConnectionSetting>();
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];

        // As libpq: user information ends at the first @ before the path, so an @ in a password has to be written %40.
        var slash = rest.IndexOf('/');
        var question = rest.IndexOf('?');
        var firstAt = rest.IndexOf('@');
        if (question >= 0 && firstAt > question && (slash < 0 || firstAt < slash))
            throw Malformed("has a ? before the @", "Write %3F for a ? and %40 for an @ inside a name, a password or a parameter.");

        var query = question < 0 ? null : rest[(question + 1)..];
        if (question >= 0) rest = rest[..question];
        slash = rest.IndexOf('/');
        var path = slash < 0 ? "" : rest[(slash + 1)..];
        if (slash >= 0) rest = rest[..slash];

        var at = rest.IndexOf('@');
        if (at >= 0) ReadUser(rest[..at], settings);
        ReadHosts(at < 0 ? rest : rest[(at + 1)..], settings);
        if (path.Length > 0) settings.Add(new ConnectionSetting("dbname", Decode(path), 0));
        if (query is not null) ReadParameters(query, text.Length - query.Length, settings);
        return settings;
    }

    private static void ReadUser(string text, List<ConnectionSetting> settings)
    {
        var colon = text.IndexOf(':');
        var user = colon < 0 ? text : text[..colon];
        if (user.Length > 0) settings.Add(new ConnectionSetting("user", Decode(user), 0));
        if (colon >= 0 && colon + 1 < text.Length) settings.Add(new ConnectionSetting("password", Decode(text[(colon + 1)..]), 0));
    }

    private static void ReadHosts(string text, List<ConnectionSetting> settings)
    {
        if (text.Length == 0) return;
        if (text.Contains('@'))
            throw Malformed("has more than one @ before the path", "Write %40 for an @ inside the user name or the password, %3A for : and %2F for /.");

        var hosts = new List<string>();
        var ports = new List<string>();
        foreach (var entry in text.Split(','))
        {
            var (host, port) = SplitPort(entry);
            hosts.Add(Decode(host));
            ports.Add(Decode(port));
        }

        if (hosts.Any(host => host.Length > 0)) settings.Add(new ConnectionSetting("host", string.Join(',', hosts), 0));
        if (ports.Any(port => port.Length > 0)) settings.Add(new ConnectionSetting("port", string.Join(',', ports), 0));
    }

    private static (string Host, string Port) SplitPort(string entry)
    {
        if (!entry.StartsWith('['))
        {
            var colon = entry.IndexOf(':');
            return colon < 0 ? (entry, "") : (entry[..colon], entry[(colon + 1)..]);
        }

        var end = entry.IndexOf(']');
        if (end < 2) throw Malformed("has an IPv6 address without its end", "Write the address in brackets: postgresql://[::1]:5432/database.");
        var after = entry[(end + 1)..];
        if (after.Length > 0 && after[0] != ':') throw Malformed("has something other than a port after an IPv6 address", "Write postgresql://[::1]:5432/database.");
        return (entry[1..end], after.Length == 0 ? "" : after[1..]);
    }

    private static void ReadParameters(string query, int position, List<ConnectionSetting> settings)
    {
        foreach (var pair in query.Split('&'))
        {
            if (pair.Length > 0) settings.Add(ReadParameter(pair, position));
            position += pair.Length + 1;
        }
    }

    private static ConnectionSetting ReadParameter(string pair, int position)
    {
        var equals = pair.IndexOf('=');
        if (equals <= 0 || pair.IndexOf('=', equals + 1) > 0)
            throw Malformed("has a parameter that is no `keyword=value`", "Write ?keyword=value&keyword=value, with %26 for an & and %3D for an = inside a value.");
        var keyword = Decode(pair[..equals]);
        var value = Decode(pair[(equals + 1)..]);
        // The one parameter of JDBC's that libpq understands.
        return keyword == "ssl" && value == "true"
            ? new ConnectionSetting("sslmode", "require", position)
            : new ConnectionSetting(keyword, value, position);
    }

    private static string Decode(string text)
    {
        if (!text.Contains('%')) return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                throw Malformed("has a % that two hexadecimal digits do not follow", "Write %25 for a percent sign.");
            var value = Convert.ToByte(text.Substring(i + 1, 2), 16);
            if (value == 0) throw Malformed("holds %00", "No name or value can hold a NUL character.");
            bytes.Add(value);
            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static ConnectionTextException Malformed(string fault, string advice) =>
        ConnectionTextException.Malformed($"The connection URI {fault}.", advice);
}
