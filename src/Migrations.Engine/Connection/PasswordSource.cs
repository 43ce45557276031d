namespace Migrations.Engine.Connection;

/// <summary>Answers for the password of one connection: the token script, the password that was given, or the password file.</summary>
internal sealed class PasswordSource(ConnectionOptions options, SecretMask secrets, Action<string> warn)
{
    /// <summary>A shorter one is in the middle of many words: to mask it would wreck every message and so betray it.</summary>
    private const int ShortestMasked = 4;

    public async Task<string?> ForAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var password = options.Token is { } token
            ? await AskAsync(token, address, cancellationToken)
            : options.Password ?? FromFile(address);
        if (password is { Length: >= ShortestMasked } && !IsNamedAnyway(password)) secrets.Add(password);
        return password;
    }

    /// <summary>Before the connection begins: a sign-in may take longer than a server waits, or than connect_timeout.</summary>
    private async Task<string> AskAsync(Func<CancellationToken, ValueTask<string>> token, ServerAddress address, CancellationToken cancellationToken)
    {
        try
        {
            if (await token(cancellationToken) is { Length: > 0 } answer) return answer;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A shell prints inner exceptions too; this one is a stranger's and may quote a token that we know.
            var whole = error.ToString();
            throw Failed(address, $"the token script failed: {secrets.Apply(error.Message)}", secrets.Apply(whole) == whole ? error : null);
        }

        throw Failed(address, "the token script returned nothing.", null);
    }

    /// <summary>libpq looks up its own socket folder as localhost, and packagers moved that folder.</summary>
    private string? FromFile(ServerAddress address)
    {
        if (options.PasswordFile is not { } path) return null;
        var host = address.IsSocket && options.SocketFolders.Contains(address.Host) ? "localhost" : address.Host;
        return PasswordFile.Find(path, host, address.Port, options.Database, options.User, warn);
    }

    /// <summary>A password like "postgres" is in every message as the name of something; to mask it there would rather betray it.</summary>
    private bool IsNamedAnyway(string password) =>
        password == options.User || password == options.Database || password == options.ApplicationName || options.Hosts.Any(host => host.Host == password);

    private static OpenFailureException Failed(ServerAddress address, string reason, Exception? cause) => new(new OpenFailure(
        address, ConnectionStage.Authentication, reason, "Run the token script by itself and see that it returns one token.", cause, IsFinal: true));
}
