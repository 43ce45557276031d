using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Migrations.Engine.Connection;

/// <summary>
/// After the driver refused a certificate: asks for it once more and says what is wrong with it. The driver's own error says only
/// that it refused. Nothing but the greeting is sent here, and the decision stays the driver's.
/// </summary>
internal static class CertificateProbe
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // "SSL Session Encryption" in the protocol's message flow: length 8, code 80877103.
    private static readonly byte[] s_sslRequest = [0, 0, 0, 8, 4, 210, 22, 47];

    /// <summary>Null when no certificate could be had or nothing is wrong with it.</summary>
    public static async Task<CertificateFault?> ExplainAsync(ServerAddress address, TlsSettings tls, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        CertificateFault? fault = null;
        try
        {
            using var socket = await HostProbe.ConnectAsync(address, limit.Token);
            await using var network = new NetworkStream(socket);
            if (!tls.Direct && !await AgreesAsync(network, limit.Token)) return null;
            await using var encrypted = new SslStream(network);
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    EnabledSslProtocols = tls.Protocols,
                    ApplicationProtocols = [new SslApplicationProtocol("postgresql")],
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        fault = certificate is X509Certificate2 server ? Judge(server, chain, errors, address, tls) : null;
                        return false;
                    },
                },
                limit.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException or CryptographicException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return fault;
    }

    private static async Task<bool> AgreesAsync(NetworkStream network, CancellationToken cancellationToken)
    {
        await network.WriteAsync(s_sslRequest, cancellationToken);
        var answer = new byte[1];
        return await network.ReadAsync(answer, cancellationToken) == 1 && answer[0] == 'S';
    }

    private static CertificateFault? Judge(X509Certificate2 server, X509Chain? sent, SslPolicyErrors errors, ServerAddress address, TlsSettings tls)
    {
        var now = DateTime.Now;
        if (now > server.NotAfter)
            return new CertificateFault($"the server's certificate expired on {server.NotAfter:yyyy-MM-dd}.", "Renew the server's certificate.");
        if (now < server.NotBefore)
            return new CertificateFault($"the server's certificate is valid only from {server.NotBefore:yyyy-MM-dd} on.", "Check the clocks of both machines.");
        if (!IsTrusted(server, sent, tls))
            return new CertificateFault(
                $"the server's certificate was issued by {server.Issuer}, which {(tls.RootCertificate is { } file ? $"{file} does not vouch for" : "this machine does not trust")}.",
                "Give the certificate of that authority with sslrootcert=FILE, if it is the right one: otherwise somebody is in between.");
        if (tls.Mode == TlsMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new CertificateFault(
                $"the server's certificate is for {NamesOf(server)}, not for {address.Host}.",
                "Connect by a name that the certificate holds, or issue one for this name.");
        return null;
    }

    private static bool IsTrusted(X509Certificate2 server, X509Chain? sent, TlsSettings tls)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (tls.RootCertificate is { } file)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }

        return chain.Build(server);
    }

    private static string NamesOf(X509Certificate2 server)
    {
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(ip => ip.ToString())))
            .ToList();
        return names.Count > 0 ? string.Join(", ", names) : server.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
