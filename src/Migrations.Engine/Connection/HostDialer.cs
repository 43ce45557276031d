using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Opens connections to one address.</summary>
internal sealed class HostDialer : IAsyncDisposable
{
    private readonly AsyncLocal<OpenAttempt?> _attempt = new();
    private readonly NpgsqlDataSource _source;

    /// <param name="loadsTypes">
    /// Whether the driver asks for the types of the database: only who reads values of types that the database has made needs it, and it costs 15 ms.
    /// </param>
    public HostDialer(ConnectionOptions options, ServerAddress address, bool loadsTypes)
    {
        var builder = new NpgsqlDataSourceBuilder(DriverSettings.For(options, address).ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(loadsTypes));
        // By a provider, the password never enters a connection string. Empty rather than null: null would make the
        // driver look into PGPASSWORD and into a pgpass file whose permissions it does not check.
        builder.UsePasswordProvider(_ => AskPassword(), (_, _) => ValueTask.FromResult(AskPassword()));
        builder.UseSslClientAuthenticationOptionsCallback(tls =>
        {
            if (_attempt.Value is { } attempt) attempt.TlsBegan = true;
            if (options.Tls.TrustsSystem) TrustSystem(tls, options.Tls);
            if (address.Address is not null) tls.TargetHost = address.Host;
            if (options.Tls.Protocols != SslProtocols.None) tls.EnabledSslProtocols = options.Tls.Protocols;
            if (!options.Tls.SendCertificate) tls.ClientCertificateContext = null;
            else if (tls.ClientCertificateContext is not null) ClientKeyFile.RefuseWhenShared(options.Tls.ClientKey);
        });
        _source = builder.Build();
    }

    public async Task<NpgsqlConnection> OpenAsync(OpenAttempt attempt, NoticeEventHandler notice, CancellationToken cancellationToken)
    {
        // The callbacks above get no word of which connection they serve; the flow of this call tells them.
        _attempt.Value = attempt;
        var connection = _source.CreateConnection();
        connection.Notice += notice;
        var opening = connection.OpenAsync(cancellationToken);
        try
        {
            // The driver does not listen to the token while it waits for the answer to its request for encryption.
            await opening.WaitAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await CloseAfterAsync(opening, connection);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Without a callback the framework accepts nothing but a trusted certificate for the right name.</summary>
    private static void TrustSystem(SslClientAuthenticationOptions tls, TlsSettings settings)
    {
        tls.RemoteCertificateValidationCallback = null;
        tls.CertificateRevocationCheckMode = settings.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
    }

    /// <summary>A connection that is still being opened cannot be closed; connect_timeout ends that, and nobody waits for it here.</summary>
    private static async ValueTask CloseAfterAsync(Task opening, NpgsqlConnection connection)
    {
        if (opening.IsCompleted) await connection.DisposeAsync();
        else _ = opening.ContinueWith(_ => connection.DisposeAsync().AsTask(), TaskScheduler.Default).Unwrap();
    }

    private string AskPassword()
    {
        if (_attempt.Value is not { } attempt) return "";
        attempt.PasswordAsked = true;
        return attempt.Password ?? "";
    }
}
