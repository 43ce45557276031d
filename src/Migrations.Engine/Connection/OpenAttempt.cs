namespace Migrations.Engine.Connection;

/// <summary>What became visible while one connection was being opened: the driver's exceptions alone do not say how far it came.</summary>
internal sealed class OpenAttempt(ServerAddress address, string? password)
{
    public ServerAddress Address { get; } = address;

    public string? Password { get; } = password;

    public bool TlsBegan { get; set; }

    public bool PasswordAsked { get; set; }

    /// <summary>The server took the login; what fails now is a query.</summary>
    public bool LoggedIn { get; set; }
}
