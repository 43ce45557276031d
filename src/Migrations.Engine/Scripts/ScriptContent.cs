namespace Migrations.Engine.Scripts;

/// <summary>The files of a script, for its hashes.</summary>
/// <param name="Files">Those of its sections, the one with the up section first.</param>
/// <param name="Folder">Of a script that is a folder: its full path.</param>
/// <param name="NamesFiles">False when no text names another file, and so nothing has to be read to know the exact hash.</param>
internal sealed record ScriptContent(IReadOnlyList<SourceFile> Files, string? Folder, ProjectFiles Project, bool NamesFiles)
{
    /// <summary>Full paths of what lies under <c>data/</c>, in order.</summary>
    public IEnumerable<string> DataFolderFiles =>
        Folder is null || !Directory.Exists(Path.Combine(Folder, "data"))
            ? []
            : Directory.EnumerateFiles(Path.Combine(Folder, "data"), "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith('.'));
}
