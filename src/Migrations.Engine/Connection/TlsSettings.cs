using System.Security.Authentication;

namespace Migrations.Engine.Connection;

/// <summary>How a connection is encrypted and what proves the server and the client.</summary>
internal sealed record TlsSettings
{
    public TlsMode Mode { get; init; } = TlsMode.Prefer;

    /// <summary>PEM or PFX file of the authorities to trust; null means those of the operating system.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>The server's name and the operating system's authorities decide.</summary>
    public bool TrustsSystem => Mode == TlsMode.VerifyFull && RootCertificate is null;

    public string? ClientCertificate { get; init; }

    public string? ClientKey { get; init; }

    /// <summary>Pass phrase of the client's key.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>False for <c>sslcertmode=disable</c>: no client certificate even when one lies in the usual place.</summary>
    public bool SendCertificate { get; init; } = true;

    public bool CheckRevocation { get; init; }

    /// <summary><c>sslnegotiation=direct</c>, PostgreSQL 17 and later.</summary>
    public bool Direct { get; init; }

    /// <summary>None leaves the choice to the operating system.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;
}
