using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Finds out at which stage a connection failed and says so in words that help.</summary>
internal sealed class FailureDiagnosis(ConnectionOptions options)
{
    public OpenFailure Explain(Exception error, OpenAttempt attempt)
    {
        var address = attempt.Address;
        if (error is PostgresException refusal) return ExplainRefusal(refusal, address);
        var socket = Find<SocketException>(error);
        if (socket is not null && socket.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
            return new OpenFailure(address, ConnectionStage.Name, $"the name {address.Target} has no address.", "Check the host name and the name server.", error);
        if (attempt.PasswordAsked && string.IsNullOrEmpty(attempt.Password))
            return new OpenFailure(address, ConnectionStage.Authentication, $"the server asks for a password of {options.User} and none was given.",
                "Give a credential, a pgpass file with mode 0600, PGPASSWORD, or a token script.", error, IsFinal: true);
        if (Find<AuthenticationException>(error) is not null || error is CryptographicException or FileNotFoundException || attempt.TlsBegan && !attempt.PasswordAsked)
            return new OpenFailure(address, ConnectionStage.Tls, error.InnerException?.Message ?? error.Message, "Check sslmode and the certificates.", error);
        if (error.Message.Contains("SSL", StringComparison.Ordinal))
            return new OpenFailure(address, ConnectionStage.Tls, "the server has no TLS.", "Switch ssl on in the server, or weaken sslmode.", error);
        if (attempt.PasswordAsked)
            return new OpenFailure(address, ConnectionStage.Authentication, error.Message, "See the message.", error);
        return new OpenFailure(address, ConnectionStage.Tcp, socket?.Message ?? error.Message, "Check that the server runs and listens there, and that no firewall is in between.", error);
    }

    private static OpenFailure ExplainRefusal(PostgresException refusal, ServerAddress address)
    {
        var stage = refusal.SqlState.StartsWith("28", StringComparison.Ordinal) ? ConnectionStage.Authentication : ConnectionStage.Database;
        return new OpenFailure(address, stage, $"{refusal.SqlState}: {refusal.MessageText}", SqlStateFacts.AdviceFor(refusal.SqlState), refusal, refusal.SqlState,
            IsFinal: refusal.SqlState is not ("57P03" or "53300"));
    }

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found) return found;
        }

        return null;
    }
}
