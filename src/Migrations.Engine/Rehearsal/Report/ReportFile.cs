namespace Migrations.Engine.Rehearsal;

/// <summary>Writes a report to a file, in the form that the file's name asks for: whole or not at all.</summary>
public static class ReportFile
{
    private static readonly IReadOnlyDictionary<string, IReportWriter> s_writers = new Dictionary<string, IReportWriter>(StringComparer.OrdinalIgnoreCase)
    {
        [".json"] = new JsonReport(),
        [".sarif"] = new SarifReport(),
        [".xml"] = new JUnitReport(),
        [".md"] = new MarkdownReport(),
    };

    /// <exception cref="EngineException">ReportFormatUnknown, ReportNotWritable: before anything is rehearsed is the time to say so.</exception>
    public static void EnsureWritable(string path)
    {
        WriterOf(path);
        if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) return;
        throw NotWritable(path, "the folder is not there", null);
    }

    /// <exception cref="EngineException">ReportFormatUnknown, ReportNotWritable.</exception>
    public static async Task WriteAsync(RehearsalReport report, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        var writer = WriterOf(path);
        var part = path + ".part";
        try
        {
            await using (var file = File.Create(part)) await writer.WriteAsync(report, file, cancellationToken);
            File.Move(part, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(part)) File.Delete(part);
            throw NotWritable(path, failure.Message, failure);
        }
    }

    private static EngineException NotWritable(string path, string why, Exception? inner) => new("ReportNotWritable", FailureKind.Resource,
        $"The report cannot be written to {path}: {why.TrimEnd('.')}.", "Name a folder that is there and may be written to.", path, inner);

    private static IReportWriter WriterOf(string path) => s_writers.GetValueOrDefault(Path.GetExtension(path)) ?? throw new EngineException("ReportFormatUnknown", FailureKind.InvalidInput,
        $"{path}: the ending says how the report is written, and this one says nothing.",
        "Use .json (the whole report), .sarif (code scanning), .xml (JUnit) or .md (a comment for a pull request).", path);
}
