using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// What PostgreSQL stores for a password (RFC 5803, "SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey"). Made here, so
/// that the password itself never leaves this process: not to a file, a pipe, a command line or the server's log.
/// </summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;

    public static string Of(string asciiPassword)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(asciiPassword, salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return new StringBuilder("SCRAM-SHA-256$").Append(Iterations).Append(':').Append(Convert.ToBase64String(salt))
            .Append('$').Append(Convert.ToBase64String(storedKey)).Append(':').Append(Convert.ToBase64String(serverKey)).ToString();
    }
}
