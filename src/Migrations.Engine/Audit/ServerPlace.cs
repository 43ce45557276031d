using System.Text.Json;

namespace Migrations.Engine.Audit;

/// <summary>Which database of which server it is: a restore changes one of them.</summary>
/// <param name="System">The cluster's system identifier; null where the role may not read it.</param>
/// <param name="Database">OID of the database.</param>
public sealed record ServerPlace(string? System, int? Timeline, long? Database)
{
    internal static ServerPlace Of(JsonElement server) => new(
        server.TryGetProperty("system", out var system) ? system.GetString() : null,
        server.TryGetProperty("timeline", out var timeline) ? timeline.GetInt32() : null,
        server.TryGetProperty("database", out var database) ? database.GetInt64() : null);

    /// <summary>What is unknown on one side is no difference.</summary>
    /// <returns>Null when they are the same.</returns>
    public string? DifferenceTo(ServerPlace now)
    {
        ArgumentNullException.ThrowIfNull(now);
        if (System is not null && now.System is not null && System != now.System) return $"another cluster (system identifier {now.System}, then {System})";
        if (Timeline is not null && now.Timeline is not null && Timeline != now.Timeline) return $"timeline {now.Timeline}, then {Timeline}";
        return Database is not null && now.Database is not null && Database != now.Database ? $"another database of the cluster (OID {now.Database}, then {Database})" : null;
    }
}
