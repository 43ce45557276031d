using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>Writes a document to files, in the form that the name of each asks for. None bears its name before all are whole.</summary>
public static class DocumentFile
{
    private static readonly IReadOnlyDictionary<string, IDocumentWriter> s_writers = new Dictionary<string, IDocumentWriter>(StringComparer.OrdinalIgnoreCase)
    {
        [".md"] = new MarkdownDocument(),
        [".html"] = new HtmlDocument(),
    };

    /// <summary>What would be written; before anything is read is the time to refuse.</summary>
    /// <param name="of">The database or folder that is told of.</param>
    /// <param name="overwrite">Whether files that are there may be replaced.</param>
    /// <exception cref="EngineException">DocumentFormatUnknown, DocumentFileExists, DocumentFileNotWritable.</exception>
    public static IReadOnlyList<PlannedDocument> Plan(IReadOnlyList<string> paths, string of, bool overwrite)
    {
        var planned = paths.Distinct(StringComparer.Ordinal).Select(path => new PlannedDocument(path, WriterOf(path).Format, of, File.Exists(path))).ToList();
        foreach (var file in planned)
        {
            if (Directory.Exists(file.Path)) throw NotWritable(file.Path, "it is a folder", null);
            if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file.Path)))) throw NotWritable(file.Path, "its folder is not there", null);
            EnsureFree(file.Path, overwrite);
        }

        return planned;
    }

    /// <exception cref="EngineException">DocumentFormatUnknown, DocumentFileExists, DocumentFileNotWritable.</exception>
    public static async Task<IReadOnlyList<ExportedDocument>> WriteAsync(MigrationDocument document, IReadOnlyList<string> paths, bool overwrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        var written = new List<(string Path, string Draft, ExportedDocument Result)>();
        try
        {
            foreach (var path in paths.Distinct(StringComparer.Ordinal)) written.Add(await DraftAsync(document, path, cancellationToken));
            foreach (var (path, _, _) in written) EnsureFree(path, overwrite);
            for (var i = 0; i < written.Count; i++) Publish(written[i].Path, written[i].Draft, overwrite, [.. written.Take(i).Select(file => file.Path)]);
            return [.. written.Select(file => file.Result)];
        }
        finally
        {
            foreach (var (_, draft, _) in written) File.Delete(draft);
        }
    }

    private static async Task<(string Path, string Draft, ExportedDocument Result)> DraftAsync(MigrationDocument document, string path, CancellationToken cancellationToken)
    {
        var writer = WriterOf(path);
        var bytes = Encoding.UTF8.GetBytes(writer.Write(document));
        var draft = path + ".partial";
        try
        {
            await File.WriteAllBytesAsync(draft, bytes, cancellationToken);
        }
        catch (Exception failure)
        {
            if (File.Exists(draft)) File.Delete(draft);
            if (failure is IOException or UnauthorizedAccessException) throw NotWritable(path, failure.Message, failure);
            throw;
        }

        return (path, draft, new ExportedDocument(
            path, writer.Format, document.Title, document.Source, document.Scripts.Count, document.Schemas.Sum(schema => schema.Tables.Count), document.Schemas.Sum(schema => schema.Views.Count),
            document.AsOf, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
    }

    private static void EnsureFree(string path, bool overwrite)
    {
        if (!File.Exists(path) || overwrite) return;
        throw new EngineException("DocumentFileExists", FailureKind.Conflict, $"{path} exists already. Nothing was written.",
            "Give another file with -OutFile, or replace this one with -Force.", path);
    }

    /// <param name="before">Those that have their names already, to be named when this one gets none.</param>
    private static void Publish(string path, string draft, bool overwrite, IReadOnlyList<string> before)
    {
        try
        {
            File.Move(draft, path, overwrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, before.Count == 0 ? failure.Message : $"{failure.Message} In place and whole: {string.Join(", ", before)}", failure);
        }
    }

    private static EngineException NotWritable(string path, string why, Exception? inner) => new("DocumentFileNotWritable", FailureKind.Resource,
        $"The document cannot be written to {path}: {why.TrimEnd('.')}.", "Give another file with -OutFile, in a folder that is there and may be written to.", path, inner);

    private static IDocumentWriter WriterOf(string path) => s_writers.GetValueOrDefault(Path.GetExtension(path)) ?? throw new EngineException("DocumentFormatUnknown", FailureKind.InvalidInput,
        $"{path}: the ending says how the document is written, and this one says nothing. Nothing was written.", "Use .html (one page, for browsers and paper) or .md (Markdown).", path);
}
