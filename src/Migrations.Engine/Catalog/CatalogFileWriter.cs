using System.Text.Encodings.Web;
using System.Text.Json;

namespace Migrations.Engine.Catalog;

/// <summary>Writes a snapshot as JSON that a person can read and a version control system can compare. Sequence values, which change all the time, stay out of it.</summary>
public static class CatalogFileWriter
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="EngineException">SnapshotFileExists, SnapshotFileNotWritable.</exception>
    public static void Write(CatalogFile file, string path, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (File.Exists(path) && !overwrite)
        {
            throw new EngineException("SnapshotFileExists", FailureKind.Conflict, $"{path} exists already. Nothing was written.",
                "Give another file with -OutFile, or overwrite this one with -Force.", path);
        }

        // Beside its place first: a half-written snapshot never bears the name.
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(draft, FileMode.CreateNew)) Write(file, stream);
            File.Move(draft, path, overwrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("SnapshotFileNotWritable", FailureKind.Resource, $"The snapshot cannot be written to {path}: {failure.Message}",
                "Choose another file with -OutFile.", path, failure);
        }
        finally
        {
            if (File.Exists(draft)) File.Delete(draft);
        }
    }

    public static void Write(CatalogFile file, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(file);
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", "migrations-schema");
            json.WriteNumber("formatVersion", CatalogFile.CurrentFormat);
            json.WriteString("database", file.Database);
            json.WriteString("serverVersion", file.ServerVersion);
            json.WriteStartArray("excludedSchemas");
            foreach (var schema in file.ExcludedSchemas.Order(StringComparer.Ordinal)) json.WriteStringValue(schema);
            json.WriteEndArray();
            json.WriteString("fingerprint", file.Snapshot.Fingerprint);
            json.WriteStartArray("objects");
            foreach (var found in file.Snapshot.Objects) Write(found, json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Write(CatalogObject found, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", found.Kind);
        json.WriteString("identity", found.Identity);
        Write("properties", found.Properties, json);
        var apart = found.Apart.Where(pair => pair.Key != "last value").ToDictionary();
        if (apart.Count > 0) Write("apart", apart, json);
        json.WriteEndObject();
    }

    private static void Write(string name, IReadOnlyDictionary<string, string> pairs, Utf8JsonWriter json)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }
}
