using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Our options in the driver's words. The builder quotes every value; no connection string is ever put together by hand.</summary>
internal static class DriverSettings
{
    /// <summary>
    /// A blank keeps the driver from reading PGOPTIONS when the text said `options=''`. Only then: a pooler may refuse a
    /// connection that sends options at all.
    /// </summary>
    private static string? NoOptions => Environment.GetEnvironmentVariable("PGOPTIONS") is null ? null : " ";

    /// <summary>
    /// Bytes. The driver's 8 KB is one piece as the server sends them: the two wake each other for each, and a COPY TO takes a fifth longer. More than
    /// 64 KB gains nothing, and from 85,000 on it would lie on the heap of large objects.
    /// </summary>
    private const int ReadBuffer = 64 * 1024;

    public static NpgsqlConnectionStringBuilder For(ConnectionOptions options, ServerAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Target,
            Port = address.Port,
            Database = options.Database,
            Username = options.User,
            ApplicationName = options.ApplicationName,
            Options = options.ServerOptions ?? NoOptions,
            SearchPath = options.SearchPath,
            Timezone = options.TimeZone,
            // Said aloud, or else the driver reads PGCLIENTENCODING and still decodes UTF-8.
            ClientEncoding = "UTF8",
            Timeout = options.ConnectTimeout == Timeout.InfiniteTimeSpan ? 0 : (int)options.ConnectTimeout.TotalSeconds,
            CommandTimeout = 0,
            KeepAlive = 30,
            ReadBufferSize = ReadBuffer,
            Pooling = false,
            Enlist = false,
            MaxAutoPrepare = 0,
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true,
            PersistSecurityInfo = false,
            RequireAuth = options.RequireAuth ?? AuthenticationMethods.All,
            ChannelBinding = options.ChannelBinding switch
            {
                ChannelBindingMode.Disable => ChannelBinding.Disable,
                ChannelBindingMode.Require => ChannelBinding.Require,
                _ => ChannelBinding.Prefer,
            },
            GssEncryptionMode = options.Kerberos.Encryption switch
            {
                GssEncryption.Prefer => GssEncryptionMode.Prefer,
                GssEncryption.Require => GssEncryptionMode.Require,
                _ => GssEncryptionMode.Disable,
            },
            IncludeRealm = options.Kerberos.IncludeRealm,
        };
        if (options.Kerberos.ServiceName is { } service) settings.KerberosServiceName = service;
        AddTls(settings, options.Tls, address);
        return settings;
    }

    private static void AddTls(NpgsqlConnectionStringBuilder settings, TlsSettings tls, ServerAddress address)
    {
        settings.SslNegotiation = SslNegotiation.Postgres;
        // libpq: sslmode is ignored on Unix sockets; the server has no TLS there.
        if (address.IsSocket)
        {
            settings.SslMode = SslMode.Disable;
            return;
        }

        settings.SslMode = tls.Mode switch
        {
            TlsMode.Disable => SslMode.Disable,
            TlsMode.Allow => SslMode.Allow,
            TlsMode.Prefer => SslMode.Prefer,
            TlsMode.Require => SslMode.Require,
            TlsMode.VerifyCa => SslMode.VerifyCA,
            // The driver would rather take PGSSLROOTCERT or ~/.postgresql/root.crt than the system's authorities: HostDialer
            // hands the certificate to the framework instead, whose default is exactly this check.
            TlsMode.VerifyFull when tls.TrustsSystem => SslMode.Require,
            TlsMode.VerifyFull => SslMode.VerifyFull,
            _ => throw new ArgumentOutOfRangeException(nameof(tls)),
        };
        if (tls.Direct) settings.SslNegotiation = SslNegotiation.Direct;
        if (tls.Mode >= TlsMode.VerifyCa) settings.RootCertificate = tls.RootCertificate;
        settings.CheckCertificateRevocation = tls.CheckRevocation;
        if (!tls.SendCertificate || tls.ClientCertificate is null) return;
        settings.SslCertificate = tls.ClientCertificate;
        settings.SslKey = tls.ClientKey;
        settings.SslPassword = tls.KeyPassword;
    }
}
