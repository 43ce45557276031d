using System.Security.Authentication;
using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>What sslmode and the files around it come to, in our options and in the driver.</summary>
public sealed class TlsResolverTests : IDisposable
{
    private readonly TestHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("", SslMode.Prefer)]
    [InlineData("sslmode=disable", SslMode.Disable)]
    [InlineData("sslmode=allow", SslMode.Allow)]
    [InlineData("sslmode=prefer", SslMode.Prefer)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=verify-ca sslrootcert=ROOT", SslMode.VerifyCA)]
    [InlineData("sslmode=verify-full sslrootcert=ROOT", SslMode.VerifyFull)]
    [InlineData("sslmode=VerifyFull sslrootcert=ROOT", SslMode.VerifyFull)]
    [InlineData("requiressl=1", SslMode.Require)]
    public void The_mode_reaches_the_driver(string setting, SslMode expected)
    {
        setting = setting.Replace("ROOT", _home.Write("root.pem", "x"), StringComparison.Ordinal);
        var options = _home.Parse($"host=db {setting}");
        Assert.Equal(expected, DriverSettings.For(options, options.Hosts[0]).SslMode);
    }

    [Theory]
    [InlineData("sslmode=verify-full")]
    [InlineData("sslrootcert=system")]
    public void Without_a_root_certificate_the_framework_checks_and_not_the_driver(string setting)
    {
        var options = _home.Parse($"host=db {setting}");
        Assert.Equal((TlsMode.VerifyFull, true), (options.TlsMode, options.Tls.TrustsSystem));
        Assert.Equal(SslMode.Require, DriverSettings.For(options, options.Hosts[0]).SslMode);
    }

    [Fact]
    public void SSL_Mode_of_Npgsql_is_the_same() => Assert.Equal(TlsMode.VerifyFull, _home.Parse("Host=db;SSL Mode=VerifyFull").TlsMode);

    [Fact]
    public void Encrypting_is_verified_as_soon_as_a_root_certificate_is_at_hand()
    {
        Assert.Equal(TlsMode.Require, _home.Parse("host=db sslmode=require").TlsMode);
        var root = _home.Write(".postgresql/root.crt", "x");
        var options = _home.Parse("host=db sslmode=require");
        Assert.Equal(TlsMode.VerifyCa, options.TlsMode);
        Assert.Equal(root, DriverSettings.For(options, options.Hosts[0]).RootCertificate);
    }

    [Theory]
    [InlineData("sslmode=verify-ca", "no root certificate")]
    [InlineData("sslmode=verify-full sslrootcert=/no/such", "/no/such")]
    [InlineData("sslmode=require sslrootcert=/no/such", "/no/such")]
    [InlineData("sslmode=require sslrootcert=system", "weak sslmode")]
    [InlineData("sslmode=prefer sslnegotiation=direct", "weak sslmode")]
    [InlineData("ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2", "above")]
    [InlineData("ssl_max_protocol_version=TLSv1.1", "not a version")]
    public void What_would_only_look_safe_is_refused(string setting, string inMessage)
    {
        var error = Assert.Throws<ConnectionTextException>(() => _home.Parse($"host=db {setting}"));
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssl_min_protocol_version=TLSv1.2", SslProtocols.Tls12 | SslProtocols.Tls13)]
    [InlineData("ssl_min_protocol_version=TLSv1.3", SslProtocols.Tls13)]
    [InlineData("ssl_max_protocol_version=tlsv1.2", SslProtocols.Tls12)]
    [InlineData("ssl_min_protocol_version=TLSv1", SslProtocols.None)]
    public void Protocol_versions_are_bounded(string setting, SslProtocols expected) => Assert.Equal(expected, _home.Parse($"host=db {setting}").Tls.Protocols);

    [Fact]
    public void The_clients_certificate_is_found_where_libpq_keeps_it()
    {
        var (certificate, key) = (_home.Write(".postgresql/postgresql.crt", "x"), _home.Write(".postgresql/postgresql.key", "y"));
        var options = _home.Parse("host=db");
        var settings = DriverSettings.For(options, options.Hosts[0]);
        Assert.Equal((certificate, key), (settings.SslCertificate, settings.SslKey));

        var without = _home.Parse("host=db sslcertmode=disable");
        Assert.Null(DriverSettings.For(without, without.Hosts[0]).SslCertificate);
    }

    [Fact]
    public void A_socket_is_never_encrypted_whatever_sslmode_says()
    {
        var options = _home.Parse("host=/run/postgresql sslmode=require");
        Assert.Equal(SslMode.Disable, DriverSettings.For(options, options.Hosts[0]).SslMode);
    }

    [Theory]
    [InlineData("", "Password,MD5,GSS,SSPI,ScramSHA256,None")]
    [InlineData("require_auth=scram-sha-256", "ScramSHA256")]
    [InlineData("require_auth=scram-sha-256,md5", "ScramSHA256,MD5")]
    [InlineData("require_auth=!password,!none", "MD5,GSS,SSPI,ScramSHA256")]
    [InlineData("require_auth=!oauth,!none", "Password,MD5,GSS,SSPI,ScramSHA256")]
    [InlineData("channel_binding=require", "ScramSHA256")]
    [InlineData("channel_binding=require require_auth=!md5", "ScramSHA256")]
    public void The_ways_of_authentication_reach_the_driver(string setting, string expected)
    {
        var options = _home.Parse($"host=db {setting}");
        Assert.Equal(expected, DriverSettings.For(options, options.Hosts[0]).RequireAuth);
    }

    [Theory]
    [InlineData("require_auth=telepathy")]
    [InlineData("require_auth=md5,!none")]
    [InlineData("require_auth=!password,!md5,!gss,!sspi,!scram-sha-256,!none")]
    [InlineData("channel_binding=require require_auth=md5")]
    [InlineData("channel_binding=maybe")]
    [InlineData("gssencmode=maybe")]
    public void Contradictions_are_refused(string setting) => Assert.Throws<ConnectionTextException>(() => _home.Parse($"host=db {setting}"));

    [Fact]
    public void PGREQUIREAUTH_and_its_like_are_read_in_the_words_of_libpq()
    {
        _home.With("PGREQUIREAUTH", "scram-sha-256").With("PGCHANNELBINDING", "require").With("PGGSSENCMODE", "prefer").With("PGSSLMODE", "verify-full")
            .With("PGSSLROOTCERT", _home.Write("root.pem", "x"));
        var options = _home.Parse("host=db");
        var settings = DriverSettings.For(options, options.Hosts[0]);
        Assert.Equal(("ScramSHA256", ChannelBinding.Require, GssEncryptionMode.Prefer, SslMode.VerifyFull),
            (settings.RequireAuth, settings.ChannelBinding, settings.GssEncryptionMode, settings.SslMode));
    }
}
