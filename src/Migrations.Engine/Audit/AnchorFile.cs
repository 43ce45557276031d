using System.Text;
using System.Text.Json;

namespace Migrations.Engine.Audit;

/// <summary>Reads and appends anchors. A line that was cut off by a full disk is told, and does not hide the others.</summary>
public static class AnchorFile
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    /// <exception cref="EngineException">AnchorNotWritable.</exception>
    public static void Append(string path, AuditAnchor anchor)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Line(AuditAnchor.Format, anchor), s_json) + "\n");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // Several databases may have one file: each line is one write to its end.
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("AnchorNotWritable", FailureKind.Resource, $"The anchor of the audit chain could not be written to {path}: {failure.Message} What the run did is on record in the database.",
                "Make room or give the right, then run again with nothing pending: the next anchor covers what this one would have.", path, failure);
        }
    }

    /// <exception cref="EngineException">AnchorNotReadable.</exception>
    public static IReadOnlyList<AuditAnchor> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotReadable(path, failure.Message, failure);
        }

        var anchors = new List<AuditAnchor>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            try
            {
                var line = JsonSerializer.Deserialize<Line>(lines[i], s_json);
                if (line is not { Format: AuditAnchor.Format, Anchor: { } anchor }) throw new JsonException("It is no anchor of an audit chain.");
                anchors.Add(anchor);
            }
            catch (JsonException) when (i == lines.Length - 1 && i > 0)
            {
                // Cut off when the disk was full: those before it still hold.
            }
            catch (JsonException failure)
            {
                throw NotReadable(path, $"line {i + 1}: {failure.Message}", failure);
            }
        }

        return anchors;
    }

    private static EngineException NotReadable(string path, string why, Exception failure) =>
        new("AnchorNotReadable", FailureKind.InvalidInput, $"The anchors in {path} cannot be read: {why}", "Give the file that -AnchorPath or anchorPath wrote.", path, failure);

    private sealed record Line(string Format, AuditAnchor Anchor);
}
