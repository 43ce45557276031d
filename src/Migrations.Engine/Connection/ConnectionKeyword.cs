namespace Migrations.Engine.Connection;

/// <summary>What becomes of a keyword.</summary>
internal enum KeywordUse
{
    /// <summary>It shapes the connection.</summary>
    Used,

    /// <summary>It tunes a driver (pool sizes and the like) and touches neither safety nor meaning.</summary>
    Ignored,

    /// <summary>It promises something that this driver cannot keep, so it is an error and never dropped in silence.</summary>
    Refused,
}

/// <param name="Name">libpq's spelling.</param>
/// <param name="Variable">The PG* variable that stands in for it.</param>
/// <param name="Spellings">Other names, mostly Npgsql's.</param>
/// <param name="Harmless">Values of a refused keyword that ask for nothing and therefore pass.</param>
/// <param name="Reason">Why it is refused, as a whole sentence with the way out.</param>
internal sealed record ConnectionKeyword(
    string Name,
    KeywordUse Use,
    string? Variable = null,
    string[]? Spellings = null,
    string[]? Harmless = null,
    string? Reason = null)
{
    public bool IsSecret => Name is "password" or "sslpassword" or "scram_client_key" or "scram_server_key" or "oauth_client_secret";
}
