using System.Globalization;

namespace Migrations.Engine.Tables;

/// <summary>The names of one source's files: users.csv.gz, or split users.0001.csv.gz, users.0002.csv.gz and so on.</summary>
internal sealed record ExportFileNames(string Path, bool IsSplit)
{
    private const char Star = '*';

    public string First => Of(1);

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    private string Stem
    {
        get
        {
            var name = System.IO.Path.GetFileName(Path);
            if (CompressedFile.Of(name) != FileCompression.None) name = System.IO.Path.GetFileNameWithoutExtension(name);
            return System.IO.Path.GetFileNameWithoutExtension(name);
        }
    }

    private string Extension => System.IO.Path.GetFileName(Path)[Stem.Length..];

    public string Of(int number) => IsSplit ? System.IO.Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Stem}.{number:0000}{Extension}")) : Path;

    /// <summary>
    /// Files that are there and bear one of these names. Of a split export those numbered from 1 on without a gap, the first of which may be missing: each export
    /// has that one, and what stands behind its last would be taken for a part of it. Behind a gap a number may be a year or a date, and the file somebody else's.
    /// </summary>
    public IReadOnlyList<string> Existing()
    {
        var found = new List<string>();
        if (File.Exists(First)) found.Add(First);
        for (var number = 2; IsSplit && File.Exists(Of(number)); number++) found.Add(Of(number));
        return found;
    }

    /// <param name="name">What stands for a <c>*</c>, or names the file in a folder: the table as it was given.</param>
    /// <exception cref="EngineException">ExportPathIsFolder: several tables and one file, or a query and a folder.</exception>
    public static ExportFileNames For(ExportRequest request, string? name)
    {
        var path = System.IO.Path.GetFullPath(request.Path);
        var isSplit = request.SplitBytes is not null || request.SplitRows is not null;
        var isFolder = request.Tables.Count > 1 || Directory.Exists(path) || System.IO.Path.EndsInDirectorySeparator(path);
        if (!request.PathIsLiteral && System.IO.Path.GetFileName(path).Contains(Star, StringComparison.Ordinal))
            return new(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, System.IO.Path.GetFileName(path).Replace(Star.ToString(), Safe(name ?? "query"), StringComparison.Ordinal)), isSplit);
        if (!isFolder) return new(path, isSplit);
        if (name is null || File.Exists(path) || request.Tables.Count > 1 && System.IO.Path.HasExtension(path) && !Directory.Exists(path))
        {
            throw new EngineException("ExportPathIsFolder", FailureKind.InvalidInput,
                name is null ? $"{path} is a folder, and a query has no name for a file in it. Nothing was written." : $"{path} is one file, and there are several tables. Nothing was written.",
                "Name a file for one source; for several tables a folder, or a name with a * that stands for the table: exports/*.csv.gz.", path);
        }

        return new(System.IO.Path.Combine(path, Safe(name) + ".csv"), isSplit);
    }

    private static string Safe(string name) => string.Concat(name.Select(sign => Array.IndexOf(System.IO.Path.GetInvalidFileNameChars(), sign) >= 0 || sign is '"' or '/' or '\\' or ':' or '*' or '?' ? '_' : sign));
}
