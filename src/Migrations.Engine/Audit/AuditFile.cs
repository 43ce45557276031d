using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Migrations.Engine.Audit;

/// <summary>A chain in a file, for whoever has no access to the database: a head, one line for each entry, and an end. It holds nobody's name, only commitments.</summary>
public static class AuditFile
{
    public const string Format = "migrations-audit/1";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="EngineException">AuditFileNotWritable.</exception>
    internal static async Task<long> WriteAsync(string path, AuditFileHead head, IAsyncEnumerable<AuditEntry> entries, bool overwrite, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && !overwrite)
            throw new EngineException("AuditFileNotWritable", FailureKind.Conflict, $"{path} exists already. Nothing was changed.", "Give another file with -OutFile, or overwrite this one with -Force.", path);
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var count = 0L;
            await using (var file = new FileStream(draft, FileMode.CreateNew))
            {
                await using (var output = new StreamWriter(file, leaveOpen: true))
                {
                    output.NewLine = "\n";
                    await output.WriteLineAsync(JsonSerializer.Serialize(head, s_json).AsMemory(), cancellationToken);
                    await foreach (var entry in entries.WithCancellation(cancellationToken))
                    {
                        await output.WriteLineAsync(JsonSerializer.Serialize(entry, s_json).AsMemory(), cancellationToken);
                        count++;
                    }

                    await output.WriteLineAsync(JsonSerializer.Serialize(new AuditFileEnd(true, count), s_json).AsMemory(), cancellationToken);
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite);
            return count;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("AuditFileNotWritable", FailureKind.Resource, $"The audit chain cannot be written to {path}: {failure.Message}", "Choose another file with -OutFile.", path, failure);
        }
        finally
        {
            if (File.Exists(draft)) File.Delete(draft);
        }
    }

    /// <exception cref="EngineException">AuditFileNotReadable.</exception>
    internal static AuditFileHead ReadHead(string path)
    {
        try
        {
            var first = File.ReadLines(path).FirstOrDefault() ?? "";
            return JsonSerializer.Deserialize<AuditFileHead>(first, s_json) is { Format: Format, ChainId: not null, Genesis: not null } head ? head : throw new JsonException("Its first line is no head of an audit chain.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw NotReadable(path, failure.Message, failure);
        }
    }

    /// <summary>The entries; a file that was cut has no end.</summary>
    /// <exception cref="EngineException">AuditFileNotReadable.</exception>
    internal static async IAsyncEnumerable<AuditEntry> EntriesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (line, count, isWhole) = (0, 0L, false);
        await foreach (var text in File.ReadLinesAsync(path, cancellationToken))
        {
            if (++line == 1) continue;
            if (isWhole) throw NotReadable(path, $"there is more behind its end in line {line - 1}.", null);
            AuditEntry? entry;
            try
            {
                if (JsonSerializer.Deserialize<AuditFileEnd>(text, s_json) is { End: true } end)
                {
                    if (end.Entries != count) throw NotReadable(path, $"its end counts {end.Entries} entries, and it holds {count}.", null);
                    isWhole = true;
                    continue;
                }

                entry = JsonSerializer.Deserialize<AuditEntry>(text, s_json);
            }
            catch (JsonException failure)
            {
                throw NotReadable(path, $"line {line}: {failure.Message}", failure);
            }

            if (entry is not { PrevHash: not null, Hash: not null, Payload: not null }) throw NotReadable(path, $"line {line} is no entry.", null);
            count++;
            yield return entry;
        }

        if (!isWhole) throw NotReadable(path, "it has no end: it was cut off.", null);
    }

    private static EngineException NotReadable(string path, string why, Exception? failure) => new("AuditFileNotReadable", FailureKind.InvalidInput, $"The audit chain in {path} cannot be read: {why}",
        "Give a file that Get-MigrationAudit -OutFile wrote.", path, failure);
}
