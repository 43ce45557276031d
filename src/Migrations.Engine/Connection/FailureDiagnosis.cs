using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;
using static Migrations.Engine.Connection.ConnectionStage;

namespace Migrations.Engine.Connection;

/// <summary>
/// Finds out at which stage a connection failed. What the driver throws is not enough, so the attempt's own
/// traces count, and where those leave a doubt the steps are tried once more.
/// </summary>
internal sealed class FailureDiagnosis(ConnectionOptions options)
{
    public async Task<OpenFailure> ExplainAsync(Exception error, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        var address = attempt.Address;
        return error switch
        {
            OpenFailureException known => known.Failure,
            PostgresException refusal => ServerRefusal.Explain(refusal, address, options),
            _ when attempt.LoggedIn => new OpenFailure(address, ConnectionStage.Database, $"the login succeeded, but the first query failed: {Sentence(Innermost(error).Message)}",
                "The server may be overloaded, shutting down, or behind a proxy that ends connections: see its log.", error),
            ArgumentException when address.IsSocket => new OpenFailure(address, Tcp, $"the path of the socket cannot be used: {Sentence(error.Message)}",
                "A socket's path may have about 100 bytes: use a shorter folder.", error, IsFinal: true),
            _ when IsMethodRefused(error) => new OpenFailure(address, ConnectionStage.Authentication, Sentence(error.Message),
                "require_auth or channel_binding forbid what the server asks for: change its pg_hba.conf, or the setting.", error, IsFinal: true),
            _ when attempt.PasswordAsked => Authentication(error, attempt),
            _ when IsHandshakeTrouble(error, attempt) => await TlsAsync(error, address, cancellationToken),
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => Unknown(error, address),
            { InnerException: SocketException unreachable } => Unreachable(error, unreachable, address),
            { InnerException: TimeoutException } => await SlowAsync(error, address, cancellationToken),
            _ => Garbled(error, address),
        };
    }

    private OpenFailure Authentication(Exception error, OpenAttempt attempt)
    {
        if (string.IsNullOrEmpty(attempt.Password))
            return new OpenFailure(attempt.Address, ConnectionStage.Authentication, $"the server asks for the password of {options.User}, and none was given.",
                "Give a credential, a password file with mode 0600, PGPASSWORD, or a token script.", error, IsFinal: true);
        var reason = Find<TimeoutException>(error) is not null ? "the server did not answer the password in time." : Sentence(error.Message);
        return new OpenFailure(attempt.Address, ConnectionStage.Authentication, reason, "See the server's log.", error);
    }

    private async Task<OpenFailure> TlsAsync(Exception error, ServerAddress address, CancellationToken cancellationToken)
    {
        if (Find<EngineException>(error) is { } own) return new OpenFailure(address, Tls, own.Message, own.Advice, error);
        if (IsFileTrouble(error))
            return new OpenFailure(address, Tls, $"a certificate file cannot be used: {Sentence(error.Message)}",
                "Check sslcert, sslkey, sslpassword and sslrootcert (PEM or PFX).", error);
        if (await CertificateProbe.ExplainAsync(address, options.Tls, cancellationToken) is { } fault && options.TlsMode >= TlsMode.VerifyCa)
            return new OpenFailure(address, Tls, fault.Reason, fault.Advice, error);
        return new OpenFailure(address, Tls, $"no encryption was agreed on: {Sentence(Innermost(error).Message)}",
            "Check sslmode, the TLS versions of both sides, and whether the server wants a certificate of the client (sslcert, sslkey).", error);
    }

    private static OpenFailure Unknown(Exception error, ServerAddress address) =>
        new(address, Name, $"the name {address.Target} has no address.", "Check the spelling of the host and the name server.", error);

    private static OpenFailure Unreachable(Exception error, SocketException socket, ServerAddress address)
    {
        if (address.SocketPath is { } path)
            return new OpenFailure(address, Tcp, File.Exists(path) ? $"the socket {path} takes no connection: {Sentence(socket.Message)}" : $"there is no socket {path}.",
                "Check that the server runs and that its unix_socket_directories and port are these, or connect to a host name.", error);
        return socket.SocketErrorCode == SocketError.ConnectionRefused
            ? new OpenFailure(address, Tcp, "nothing listens on this port.", "Check that the server runs, its port, and its listen_addresses.", error)
            : new OpenFailure(address, Tcp, Sentence(socket.Message), "Check the address, the route and the firewalls in between.", error);
    }

    private async Task<OpenFailure> SlowAsync(Exception error, ServerAddress address, CancellationToken cancellationToken)
    {
        var time = $"{options.ConnectTimeout.TotalSeconds:0} s";
        return await HostProbe.FirstFailureAsync(address, cancellationToken) switch
        {
            Name => new OpenFailure(address, Name, $"the name server did not answer for {address.Target} within {time}.", "Check the name server, or connect by IP address.", error),
            Tcp => new OpenFailure(address, Tcp, $"nothing answered within {time}.", "A firewall may drop the packets: check the address, the port and the route.", error),
            _ => new OpenFailure(address, AwaitsTls(address) ? Tls : ConnectionStage.Authentication,
                $"the port is open, but nothing answered {(AwaitsTls(address) ? "the request for encryption" : "the login")} within {time}.",
                "Check that a PostgreSQL server is behind this port and not overloaded, or raise connect_timeout.", error),
        };
    }

    /// <summary>The connection stood, and then something other than PostgreSQL's answer came, or the end.</summary>
    private OpenFailure Garbled(Exception error, ServerAddress address)
    {
        // The driver has no type for this answer.
        if (error.Message.StartsWith("SSL connection requested", StringComparison.Ordinal))
            return new OpenFailure(address, Tls, "the server does not offer encryption, and this connection insists on it.",
                "Switch on ssl in the server's configuration, or weaken sslmode if the network is trusted.", error);
        if (error.Message.Contains("SSLRequest", StringComparison.Ordinal))
            return new OpenFailure(address, Tls, "what answers on this port does not speak PostgreSQL's protocol.", "Check the port.", error);
        return new OpenFailure(address, AwaitsTls(address) ? Tls : ConnectionStage.Authentication, $"the connection stood but ended before a session: {Sentence(Innermost(error).Message)}",
            "Check that a PostgreSQL server is behind this port; a proxy or a server that is shutting down ends connections like this.", error);
    }

    private bool AwaitsTls(ServerAddress address) => !address.IsSocket && options.TlsMode >= TlsMode.Prefer;

    /// <summary>The driver throws these before it asks for a password, and gives them no type.</summary>
    private static bool IsMethodRefused(Exception error) =>
        error.Message.Contains("authentication method is not allowed", StringComparison.Ordinal)
        || error.Message.StartsWith("Couldn't connect because ChannelBinding", StringComparison.Ordinal);

    /// <summary>With TLS 1.3 a server refuses the client's certificate only after the handshake: the next read fails.</summary>
    private static bool IsHandshakeTrouble(Exception error, OpenAttempt attempt) =>
        IsFileTrouble(error) || Find<AuthenticationException>(error) is not null || attempt.TlsBegan && Find<IOException>(error) is not null
        || Find<EngineException>(error) is not null;

    private static bool IsFileTrouble(Exception error) =>
        error is CryptographicException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException;

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found) return found;
        }

        return null;
    }

    private static Exception Innermost(Exception error) => error.GetBaseException();

    private static string Sentence(string message) => message.TrimEnd().TrimEnd('.') + ".";
}
