namespace Migrations.Engine.Connection;

/// <summary>What is wrong with a server's certificate, and the way out.</summary>
internal sealed record CertificateFault(string Reason, string Advice);
