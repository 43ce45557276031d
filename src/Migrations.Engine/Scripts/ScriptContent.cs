namespace Migrations.Engine.Scripts;

/// <summary>The files of a script, for its hashes.</summary>
/// <param name="Files">Those of its sections, the one with the up section first.</param>
/// <param name="Folder">Of a script that is a folder: its full path.</param>
/// <param name="NamesFiles">False when no text names another file, and so nothing has to be read to know the exact hash.</param>
internal sealed record ScriptContent(IReadOnlyList<SourceFile> Files, string? Folder, ProjectFiles Project, bool NamesFiles)
{
    /// <summary>Full paths of what lies under <c>data/</c>.</summary>
    public IEnumerable<string> DataFolderFiles =>
        Folder is null || !Directory.Exists(Path.Combine(Folder, "data"))
            ? []
            : Directory.EnumerateFiles(Path.Combine(Folder, "data"), "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith('.'));

    /// <summary>Of these the CSV files that no text of the script names, by name: they are loaded when it runs. What lies deeper is only there to be named.</summary>
    public IEnumerable<string> TableFiles(IEnumerable<DataReference> named)
    {
        var taken = NamesFiles ? named.Select(Project.ResolveData).ToHashSet(StringComparer.Ordinal) : [];
        return DataFolderFiles
            .Where(file => Path.GetDirectoryName(file) == Path.Combine(Folder!, "data") && IsCsv(Path.GetFileName(file)) && !taken.Contains(file))
            .Order(StringComparer.Ordinal);
    }

    private static bool IsCsv(string name) =>
        s_csv.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] s_csv = [".csv", ".csv.gz", ".csv.zst", ".csv.br"];
}
