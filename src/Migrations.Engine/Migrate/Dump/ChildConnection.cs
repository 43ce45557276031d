using System.Globalization;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>The connection of a session as libpq's environment variables, for a client program of PostgreSQL that we start.</summary>
internal static class ChildConnection
{
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(Session session, ConnectionOptions options, Action<string> warn, CancellationToken cancellationToken)
    {
        var address = session.Address;
        var variables = new Dictionary<string, string>
        {
            ["PGHOST"] = address.Host,
            ["PGPORT"] = address.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = options.Database,
            ["PGUSER"] = options.User,
            ["PGAPPNAME"] = options.ApplicationName,
            ["PGSSLMODE"] = ModeOf(options.TlsMode),
            ["PGCHANNELBINDING"] = options.ChannelBinding.ToString().ToLowerInvariant(),
            ["PGCONNECT_TIMEOUT"] = options.ConnectTimeout == Timeout.InfiniteTimeSpan ? "0" : ((int)Math.Ceiling(options.ConnectTimeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture),
        };
        Add("PGHOSTADDR", address.Address);
        Add("PGOPTIONS", options.ServerOptions);
        Add("PGSSLROOTCERT", options.Tls.TrustsSystem ? "system" : options.Tls.RootCertificate);
        if (options.Tls.SendCertificate) Add("PGSSLCERT", options.Tls.ClientCertificate);
        if (options.Tls.SendCertificate) Add("PGSSLKEY", options.Tls.ClientKey);
        if (options.Tls.Direct) Add("PGSSLNEGOTIATION", "direct");
        Add("PGPASSWORD", await new PasswordSource(options, session.Secrets, warn).ForAsync(address, cancellationToken));
        return variables;

        void Add(string name, string? value)
        {
            if (value is not null) variables[name] = value;
        }
    }

    private static string ModeOf(TlsMode mode) => mode switch
    {
        TlsMode.VerifyCa => "verify-ca",
        TlsMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
