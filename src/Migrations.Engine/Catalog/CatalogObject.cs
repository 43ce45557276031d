using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Catalog;

/// <summary>One object of a database, described in words that do not depend on its OID, on search_path or on the server's major.</summary>
/// <param name="Kind">As PostgreSQL calls it, in lower case: <c>table</c>, <c>column</c>, <c>foreign key</c>, <c>index</c>, <c>materialized view</c>.</param>
/// <param name="Identity">Its full name, quoted where it must be: <c>public.users</c>, <c>public.users.email</c>, <c>public.add(integer, integer)</c>.</param>
/// <param name="Properties">What it is, by name, in ordinal order.</param>
/// <param name="Apart">What is told and not compared: the position of a column, the value of a sequence.</param>
public sealed record CatalogObject(
    string Kind, string Identity, IReadOnlyDictionary<string, string> Properties, IReadOnlyDictionary<string, string> Apart)
{
    private string? _fingerprint;

    /// <summary>Lower hex SHA-256 over kind, identity and properties.</summary>
    public string Fingerprint => _fingerprint ??= Compute();

    /// <summary>The table, view or other relation that it belongs to, by its full name; null for what stands by itself.</summary>
    public string? Relation => Properties.GetValueOrDefault("table");

    public override string ToString() => $"{Kind} {Identity}";

    private string Compute()
    {
        var text = new StringBuilder().Append(Kind).Append('\0').Append(Identity);
        foreach (var (name, value) in Properties.OrderBy(property => property.Key, StringComparer.Ordinal)) text.Append('\0').Append(name).Append('\u0001').Append(value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
