using System.Text.Json;

namespace Migrations.Engine.Catalog;

/// <summary>Reads what <see cref="CatalogFileWriter"/> wrote, and nothing else.</summary>
public static class CatalogFileReader
{
    /// <exception cref="EngineException">SnapshotFileNotReadable, SnapshotFileInvalid, SnapshotFileTooNew.</exception>
    public static CatalogFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("SnapshotFileNotReadable", FailureKind.NotFound, $"The snapshot {path} cannot be read: {failure.Message}", "Get-DbSchema -OutFile writes one.", path, failure);
        }
    }

    private static CatalogFile Read(Stream stream, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.GetString() != "migrations-schema")
                throw Invalid(path, "it does not say that it is one");
            var version = root.GetProperty("formatVersion").GetInt32();
            if (version > CatalogFile.CurrentFormat)
            {
                throw new EngineException("SnapshotFileTooNew", FailureKind.InvalidInput, $"The snapshot {path} has format {version}, and this module knows up to {CatalogFile.CurrentFormat}.",
                    "Use the module that wrote it, or a newer one.", path);
            }

            var snapshot = new CatalogSnapshot(root.GetProperty("objects").EnumerateArray().Select(Object));
            if (root.GetProperty("fingerprint").GetString() != snapshot.Fingerprint) throw Invalid(path, "its objects do not have the fingerprint that it names, so it was changed after it was written");
            return new CatalogFile(
                root.GetProperty("database").GetString()!, root.GetProperty("serverVersion").GetString()!,
                [.. root.GetProperty("excludedSchemas").EnumerateArray().Select(schema => schema.GetString()!)], snapshot);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Invalid(path, failure.Message, failure);
        }
    }

    private static CatalogObject Object(JsonElement element) => new(
        element.GetProperty("kind").GetString()!, element.GetProperty("identity").GetString()!, Pairs(element.GetProperty("properties")),
        element.TryGetProperty("apart", out var apart) ? Pairs(apart) : new SortedDictionary<string, string>(StringComparer.Ordinal));

    private static SortedDictionary<string, string> Pairs(JsonElement element)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in element.EnumerateObject()) pairs.Add(pair.Name, pair.Value.GetString() ?? throw new JsonException($"{pair.Name} is no text"));
        return pairs;
    }

    private static EngineException Invalid(string path, string why, Exception? inner = null) => new("SnapshotFileInvalid", FailureKind.InvalidInput,
        $"{path} is no snapshot of a schema: {why}.", "Get-DbSchema -OutFile writes one.", path, inner);
}
