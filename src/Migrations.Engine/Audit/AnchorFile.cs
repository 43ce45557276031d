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
            using var file = Alone(path);
            // What a full disk has cut off must not take this line with it.
            if (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() != '\n') line = [(byte)'\n', .. line];
            }

            file.Seek(0, SeekOrigin.End);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineException("AnchorNotWritable", FailureKind.Resource, $"The anchor of the audit chain could not be written to {path}: {failure.Message} What the run did is on record in the database.",
                "Make room or give the right, then run again with nothing pending: the next anchor covers what this one would have.", path, failure);
        }
    }

    /// <summary>Several databases may have one file, and end a run at once.</summary>
    private static FileStream Alone(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (tries < 100 && File.Exists(path))
            {
                Thread.Sleep(50);
            }
        }
    }

    /// <exception cref="EngineException">AnchorNotReadable: there is no file, or no anchor in it.</exception>
    public static AnchorSet Read(string path)
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

        var (anchors, unreadable) = (new List<AuditAnchor>(), new List<string>());
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            try
            {
                var line = JsonSerializer.Deserialize<Line>(lines[i], s_json);
                if (line is not { Format: AuditAnchor.Format, Anchor: { } anchor }) throw new JsonException("It is no anchor of an audit chain.");
                anchors.Add(anchor);
            }
            catch (JsonException)
            {
                unreadable.Add($"Line {i + 1} of {path} is no anchor: cut off by a full disk, or edited.");
            }
        }

        if (anchors.Count == 0 && unreadable.Count > 0) throw NotReadable(path, unreadable[0], null);
        return new AnchorSet(anchors, unreadable);
    }

    private static EngineException NotReadable(string path, string why, Exception? failure) =>
        new("AnchorNotReadable", FailureKind.InvalidInput, $"The anchors in {path} cannot be read: {why}", "Give the file that -AnchorPath or anchorPath wrote.", path, failure);

    private sealed record Line(string Format, AuditAnchor Anchor);
}
