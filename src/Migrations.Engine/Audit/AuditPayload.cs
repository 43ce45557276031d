using System.Text.Json;

namespace Migrations.Engine.Audit;

/// <summary>What an entry says, read from its payload.</summary>
/// <param name="Actor">The commitment to who did it; null for what belongs to a run that names him.</param>
/// <param name="Script">Kind and version, where a script begins or is taken over.</param>
internal sealed record AuditPayload(string Act, Guid? Run, Guid? Attempt, string? Actor, ServerPlace? Server, (string Kind, string Version)? Script, JsonElement Detail)
{
    /// <returns>Null when it is no payload of ours.</returns>
    public static AuditPayload? Parse(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 1024 });
            var root = document.RootElement;
            var detail = root.TryGetProperty("detail", out var found) ? found.Clone() : default;
            (string, string)? script = detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty("script", out var named) && named.ValueKind == JsonValueKind.Object ? (named.GetProperty("kind").GetString()!, named.GetProperty("version").GetString()!) : null;
            return new AuditPayload(root.GetProperty("act").GetString()!, IdOf(root, "run"), IdOf(root, "attempt"),
                root.TryGetProperty("actor", out var actor) ? actor.GetString() : null, root.TryGetProperty("server", out var server) ? ServerPlace.Of(server) : null, script, detail);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static Guid? IdOf(JsonElement root, string name) => root.TryGetProperty(name, out var id) ? id.GetGuid() : null;
}
