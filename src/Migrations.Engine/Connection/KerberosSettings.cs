namespace Migrations.Engine.Connection;

/// <summary>GSSAPI: encryption and the name of the service.</summary>
internal sealed record KerberosSettings
{
    /// <summary>
    /// Off unless asked for, unlike libpq: with `prefer` the driver repeats a whole failed login without it, so that a wrong
    /// password would count twice against the account.
    /// </summary>
    public GssEncryption Encryption { get; init; } = GssEncryption.Disable;

    public string? ServiceName { get; init; }

    public bool IncludeRealm { get; init; } = true;
}
