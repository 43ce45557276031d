using System.Text;

namespace Migrations.Engine.History;

/// <summary>The map as a CSV file. It is written beside its place first, and appears when the history has committed.</summary>
public sealed class HistoryMapFile(string path, bool overwrite)
{
    public const string DefaultName = "history-map.csv";

    private string? _draft;

    public string FullPath => path;

    /// <exception cref="EngineException">MapFileExists, MapFileNotWritable; nothing was changed then.</exception>
    internal void Prepare(IReadOnlyList<HistoryMapRow> rows)
    {
        if (File.Exists(path) && !overwrite)
        {
            throw new EngineException("MapFileExists", FailureKind.Conflict, $"{path} exists already. Nothing was changed.",
                "Give another file with -MapFile, or overwrite this one with -Force.", path);
        }

        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(draft, Text(rows));
            _draft = draft;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("MapFileNotWritable", FailureKind.Refused, $"The map {path} cannot be written: {failure.Message} Nothing was changed.",
                "Give another file with -MapFile.", path, failure);
        }
    }

    /// <exception cref="EngineException">MapFileNotWritable; the history has been taken over, and the draft stays.</exception>
    internal void Publish()
    {
        var draft = _draft!;
        _draft = null;
        try
        {
            File.Move(draft, path, overwrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("MapFileNotWritable", FailureKind.Refused,
                $"The history was taken over, and its map could not become {path}: {failure.Message} It is in {draft}.", "Rename that file.", draft, failure);
        }
    }

    internal void Discard()
    {
        if (_draft is not null) File.Delete(_draft);
    }

    private static string Text(IReadOnlyList<HistoryMapRow> rows)
    {
        var text = new StringBuilder("tool,original_id,original_time,original_author,original_file,kind,version,name,path,content,done\n");
        foreach (var row in rows)
        {
            string?[] fields =
            [
                row.Tool, row.OriginalId, row.OriginalTime, row.OriginalAuthor, row.OriginalFile, row.Kind, row.Version, row.Name, row.Path, row.Content, row.Done,
            ];
            text.AppendJoin(',', fields.Select(Field)).Append('\n');
        }

        return text.ToString();
    }

    private static string Field(string? value) =>
        value is null ? "" : value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
