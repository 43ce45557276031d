namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>sslmode</c>.</summary>
public enum TlsMode
{
    /// <summary>Never encrypted.</summary>
    Disable,

    /// <summary>Encrypted only when the server insists.</summary>
    Allow,

    /// <summary>Encrypted when the server can; the default, and no protection against an active attacker.</summary>
    Prefer,

    /// <summary>Always encrypted; the certificate is checked only when a root certificate is at hand, as in libpq.</summary>
    Require,

    /// <summary>Encrypted, and the certificate comes from a trusted authority.</summary>
    VerifyCa,

    /// <summary>Encrypted, trusted, and issued for the host that was asked for.</summary>
    VerifyFull,
}
