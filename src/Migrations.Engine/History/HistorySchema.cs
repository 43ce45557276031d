using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>The schema in which the module keeps its own tables, and what follows from its name.</summary>
public sealed class HistorySchema
{
    public const string DefaultName = "migrations";

    /// <summary>The layout this module writes. A newer one in the database is refused, an older one upgraded under the run lock.</summary>
    public const int CurrentVersion = 5;

    private const int LongestName = 63;

    public HistorySchema(string name = DefaultName)
    {
        if (string.IsNullOrWhiteSpace(name) || name.StartsWith("pg_", StringComparison.Ordinal))
        {
            throw new EngineException("HistorySchemaName", FailureKind.InvalidInput, $"'{name}' cannot be the history schema.",
                "Use a schema name that is not empty and does not begin with pg_ (PostgreSQL keeps those for itself).", name);
        }

        // A longer one would be cut by the server, and never be found again under the name that was asked for.
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new EngineException("HistorySchemaName", FailureKind.InvalidInput, $"'{name}' is too long for a schema: PostgreSQL's names have at most {LongestName} bytes.",
                "Choose a shorter one.", name);
        }

        Name = name;
        Quoted = Identifier.Quote(name);
        LockKey = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("Migrations run lock: " + name)));
    }

    public string Name { get; }

    /// <summary>The name as it stands in SQL. Every statement of ours qualifies its objects with it: a script may empty search_path.</summary>
    public string Quoted { get; }

    /// <summary>Key of the session advisory lock that a run holds. Advisory locks belong to one database, so the schema's name suffices.</summary>
    public long LockKey { get; }

    public override string ToString() => Name;
}
