namespace Migrations.Engine.Scripts;

/// <summary>Lays out a new project. What exists already is left as it is.</summary>
public static class ProjectScaffold
{
    /// <summary>Writes what is missing and returns the full paths of the files created.</summary>
    /// <param name="schemaUri">Where editors find the JSON schema of the settings; null: no such line.</param>
    public static IReadOnlyList<string> Create(string folder, string? schemaUri = null) =>
        [.. Missing(folder, schemaUri).Select(file => Write(file.Path, file.Text))];

    /// <summary>What <see cref="Create"/> would write.</summary>
    public static IReadOnlyList<string> Plan(string folder) => [.. Missing(folder, null).Select(file => file.Path)];

    private static IEnumerable<(string Path, string Text)> Missing(string folder, string? schemaUri) =>
        from file in Files(schemaUri)
        let path = Path.GetFullPath(Path.Combine(folder, file.Name))
        where !File.Exists(path) && !IsFilled(path)
        select (path, file.Text);

    private static bool IsFilled(string path) =>
        Path.GetFileName(path) == Placeholder && Directory.Exists(Path.GetDirectoryName(path)) && Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Any();

    private static string Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        file.Write(text);
        return path;
    }

    private static (string Name, string Text)[] Files(string? schemaUri) =>
    [
        (ProjectSettings.FileName, Settings(schemaUri)),
        (".gitattributes", "*.sql text eol=lf\n# Git would take the CRLF out of a dump whose functions hold some: versions/001_baseline.sql -text\n"),
        ("README.md", ReadMe),
        ($"{ProjectFolder.VersionsName}/{Placeholder}", ""),
        ($"repeatable/{Placeholder}", ""),
        ($"hooks/{Placeholder}", ""),
    ];

    // Git keeps no empty folders.
    private const string Placeholder = ".gitkeep";

    private static string Settings(string? schemaUri) =>
        $$"""
        {
          {{(schemaUri is null ? "" : $"\"$schema\": {System.Text.Json.JsonSerializer.Serialize(schemaUri)},\n  ")}}// Every setting is optional; these are the defaults.
          "historySchema": "migrations",
          "naming": "number",
          "lockTimeout": "2s",
          "statementTimeout": "0"
        }

        """;

    private const string ReadMe =
        """
        # Database migrations

        | Folder | Holds |
        |---|---|
        | `versions/` | scripts that run once, in order of their number: `001_title.sql` |
        | `repeatable/` | views, functions and grants that run again when they change |
        | `hooks/` | `before-run.sql`, `after-run.sql`, `before-each.sql`, `after-each.sql`, `on-error.sql` |

        ```powershell
        New-Migration 'Add users'          # writes the next script
        Invoke-Migration -WhatIf           # shows the plan and changes nothing
        Invoke-Migration                   # applies what is pending
        Undo-Migration                     # takes the last one back
        Get-Migration                      # what is applied, pending or changed
        ```

        """;
}
