using System.Text.Encodings.Web;
using System.Text.Json;

namespace Migrations.Engine.Tables;

/// <summary>What was written, how, and by what it can be checked: JSON beside the files, and the last one to get its name.</summary>
internal static class ExportManifest
{
    private const string Ending = ".manifest.json";

    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Beside the only file, or in the folder of several tables.</summary>
    public static string PathOf(IReadOnlyList<ExportPlan> plans) =>
        plans is [var only] ? only.Files.Path + Ending : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(plans[0].Files.Path)!, "export" + Ending);

    public static IEnumerable<string> Existing(IReadOnlyList<ExportPlan> plans) => File.Exists(PathOf(plans)) ? [PathOf(plans)] : [];

    public static void Write(Stream file, IReadOnlyList<ExportPlan> plans, IReadOnlyList<ExportResult> results, ExportRequest request, DateTimeOffset now)
    {
        using (var json = new Utf8JsonWriter(file, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", "migrations-export");
            json.WriteNumber("formatVersion", 1);
            json.WriteString("exportedAt", now.UtcDateTime);
            json.WriteString("from", plans[0].Target);
            json.WriteBoolean("header", request.Header);
            json.WriteString("delimiter", request.Dialect.Delimiter.ToString());
            json.WriteString("quote", request.Dialect.Quote.ToString());
            json.WriteString("nullText", request.Dialect.NullText);
            json.WriteString("encoding", request.Encoding);
            json.WriteString("timeZone", request.TimeZone);
            json.WriteBoolean("formulaSafe", request.FormulaSafe);
            json.WriteStartArray("sources");
            for (var i = 0; i < plans.Count; i++) Write(json, plans[i], results[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        file.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, ExportPlan plan, ExportResult result)
    {
        json.WriteStartObject();
        json.WriteString("source", plan.Source);
        json.WriteString("kind", plan.Kind);
        json.WriteNumber("rows", result.Rows);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteStartArray("columns");
        foreach (var column in plan.Relation.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in result.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", System.IO.Path.GetFileName(file.Path));
            json.WriteNumber("rows", file.Rows);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
