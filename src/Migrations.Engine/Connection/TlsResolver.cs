using System.Security.Authentication;

namespace Migrations.Engine.Connection;

/// <summary>libpq's rules of what sslmode and the certificate files mean together ("SSL Support").</summary>
internal sealed class TlsResolver(SettingBag settings, ConnectionSources sources)
{
    private const string SystemRoots = "system";

    private static readonly Dictionary<string, TlsMode> s_modes = new()
    {
        ["disable"] = TlsMode.Disable,
        ["allow"] = TlsMode.Allow,
        ["prefer"] = TlsMode.Prefer,
        ["require"] = TlsMode.Require,
        ["verify-ca"] = TlsMode.VerifyCa,
        ["verify-full"] = TlsMode.VerifyFull,
    };

    private static readonly Dictionary<string, bool> s_negotiation = new() { ["postgres"] = false, ["direct"] = true };

    private static readonly Dictionary<string, bool> s_certificateModes = new() { ["allow"] = true, ["disable"] = false };

    private static readonly SslProtocols[] s_protocols = [SslProtocols.Tls12, SslProtocols.Tls13];

    public TlsSettings Resolve()
    {
        var given = settings.Text("sslrootcert");
        var fromSystem = given == SystemRoots;
        var root = fromSystem ? null : given ?? DefaultFile("root.crt");
        var mode = Mode(fromSystem);

        if (mode >= TlsMode.Require && given is not null && !fromSystem && !File.Exists(given))
            throw SettingBag.Bad("sslrootcert", $"names a file that does not exist: {given}", "Check the path, or use sslrootcert=system with sslmode=verify-full.");
        // Trusting everything the operating system trusts without checking the name would accept anybody's certificate.
        if (mode == TlsMode.VerifyCa && root is null)
            throw SettingBag.Bad("sslmode", "is verify-ca, and no root certificate is at hand", "Give sslrootcert=FILE, or use sslmode=verify-full.");
        // libpq: with a root certificate at hand, `require` verifies it.
        if (mode == TlsMode.Require && root is not null) mode = TlsMode.VerifyCa;

        var direct = settings.Choice("sslnegotiation", s_negotiation) ?? false;
        if (direct && mode < TlsMode.Require)
            throw SettingBag.Bad("sslnegotiation", "is direct, which a weak sslmode does not allow", "Use sslmode=require, verify-ca or verify-full.");

        return new TlsSettings
        {
            Mode = mode,
            RootCertificate = root,
            ClientCertificate = settings.Text("sslcert") ?? DefaultFile("postgresql.crt"),
            ClientKey = settings.Text("sslkey") ?? DefaultFile("postgresql.key"),
            KeyPassword = settings.Text("sslpassword"),
            SendCertificate = settings.Choice("sslcertmode", s_certificateModes) ?? true,
            CheckRevocation = settings.Flag("check certificate revocation") ?? false,
            Direct = direct,
            Protocols = Protocols(),
        };
    }

    private TlsMode Mode(bool systemRoots)
    {
        var mode = settings.Choice("sslmode", s_modes);
        if (mode is null && settings.Flag("requiressl") == true) mode = TlsMode.Require;
        if (!systemRoots) return mode ?? TlsMode.Prefer;
        if (mode is not null and not TlsMode.VerifyFull)
            throw SettingBag.Bad("sslrootcert", "is `system`, which a weak sslmode does not allow", "Use sslmode=verify-full.");
        return TlsMode.VerifyFull;
    }

    private SslProtocols Protocols()
    {
        var (lowest, highest) = (Protocol("ssl_min_protocol_version"), Protocol("ssl_max_protocol_version"));
        if (lowest is null && highest is null) return SslProtocols.None;
        var allowed = s_protocols.Where(p => (lowest is null || p >= lowest) && (highest is null || p <= highest)).ToList();
        if (allowed.Count == 0) throw SettingBag.Bad("ssl_min_protocol_version", "is above ssl_max_protocol_version", "Swap the two.");
        return allowed.Aggregate((all, one) => all | one);
    }

    private SslProtocols? Protocol(string name) => settings.Text(name)?.ToUpperInvariant() switch
    {
        null => null,
        "TLSV1.2" => SslProtocols.Tls12,
        "TLSV1.3" => SslProtocols.Tls13,
        // As a lower bound these ask for nothing: 1.2 is above them.
        "TLSV1" or "TLSV1.1" when name == "ssl_min_protocol_version" => null,
        _ => throw SettingBag.Bad(name, "is not a version that is spoken", "Use TLSv1.2 or TLSv1.3."),
    };

    private string? DefaultFile(string name) =>
        sources.CertificateFolder is { } folder && Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
}
