using System.Globalization;

namespace Migrations.Engine.Connection;

/// <summary>One place where the server may be: a host name, an IP address or the folder of a Unix socket, and a port.</summary>
/// <param name="Address">The IP address to dial instead of resolving <paramref name="Host"/> (libpq's <c>hostaddr</c>).</param>
public sealed record ServerAddress(string Host, int Port, string? Address = null)
{
    /// <summary>A path, or <c>@name</c> in the abstract namespace of Linux.</summary>
    public bool IsSocket => Address is null && (Host.StartsWith('/') || Host.StartsWith('@') || Path.IsPathFullyQualified(Host));

    /// <summary>The file (or abstract name) of the socket; null for a host.</summary>
    internal string? SocketPath
    {
        get
        {
            if (!IsSocket) return null;
            var folder = Host.StartsWith('@') ? "\0" + Host[1..] : Host;
            return Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{Port}"));
        }
    }

    /// <summary>What the driver dials.</summary>
    internal string Target => Address ?? Host;

    public override string ToString()
    {
        var host = Host.Contains(':') && !IsSocket ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }
}
