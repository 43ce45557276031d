using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Migrations.Engine.Rehearsal;

/// <summary>The whole report, for programs and for approvals: it names hashes, fingerprints and versions.</summary>
internal sealed class JsonReport : IReportWriter
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
        WriteIndented = true,
    };

    public Task WriteAsync(RehearsalReport report, Stream destination, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(destination, report, s_options, cancellationToken);

    /// <summary>Reads one back.</summary>
    /// <exception cref="EngineException">ReportNotReadable.</exception>
    public static RehearsalReport Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var report = JsonSerializer.Deserialize<RehearsalReport>(file, s_options);
            if (report is { Format: RehearsalReport.Current, Scripts: not null }) return report;
            throw NotReadable(path, "it has another layout", null);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw NotReadable(path, failure.Message, failure);
        }
    }

    private static EngineException NotReadable(string path, string why, Exception? inner) => new("ReportNotReadable", FailureKind.InvalidInput,
        $"{path} cannot be read as a rehearsal's report: {why}.", "Give the .json file that Test-Migration -OutFile wrote with this version of the module.", path, inner);
}
