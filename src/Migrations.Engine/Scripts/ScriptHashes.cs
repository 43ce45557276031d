using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>The two hashes of a script.</summary>
public static class ScriptHashes
{
    /// <summary>Kept beside every stored token hash: a later way to compute it never reinterprets an old one.</summary>
    public const int TokenAlgorithm = 1;

    internal static string Exact(Script script, ScriptContent content)
    {
        var keeps = KeepsLineEnds(script);
        var lines = content.Files.Select(file => (Hash: Sha256Text(file), Name: file.Path)).ToList();
        if (content.NamesFiles)
        {
            var included = script.Sections.SelectMany(s => s.Composition.Files).Where(f => lines.TrueForAll(l => l.Name != f.Path)).DistinctBy(f => f.Path);
            lines.AddRange(included.Select(file => (Sha256Text(file), file.Path)).ToList());
        }

        lines.AddRange(DataFiles(script, content).Select(file => (Sha256File(file), content.Project.Relative(file))));
        if (lines is [var only]) return only.Hash;

        // Names are relative to the script, so that a renamed folder is still the same script.
        var folder = Path.GetDirectoryName(content.Files[0].Path)!.Replace('\\', '/') + "/";
        var list = lines.Select(l => $"{l.Hash}  {(l.Name.StartsWith(folder, StringComparison.Ordinal) ? l.Name[folder.Length..] : l.Name)}\n");
        return Sha256(string.Concat(list));

        string Sha256Text(SourceFile file) => Sha256(keeps ? file.Text : SourceFile.FoldReturns(file.Text));
    }

    /// <summary>
    /// Counts what decides how the script runs: the header's keys but the prose ones, sections, marker options, directives, code, rows, files.
    /// It does not depend on the spelling: a file with sections and a folder with the same code are equal.
    /// </summary>
    internal static string Tokens(Script script, ScriptContent content)
    {
        using var hasher = new TokenHasher();
        hasher.Add($"migrations {TokenAlgorithm}");
        foreach (var entry in script.Header.Entries.Where(e => !HeaderValues.IsProse(e.Key)).OrderBy(e => e.Key, StringComparer.Ordinal))
            hasher.Add($"{entry.Key}: {Squeeze(entry.Value)}");

        foreach (var section in script.Sections) Add(hasher, section, KeepsLineEnds(script));

        foreach (var file in DataFiles(script, content))
        {
            hasher.Add("data");
            hasher.Add(content.Folder is { } folder && ProjectPath.IsInside(folder, file) ? ProjectPath.Relative(folder, file) : content.Project.Relative(file));
            hasher.Add(FoldedFileHash.Of(file));
        }

        return hasher.Finish();
    }

    private static void Add(TokenHasher hasher, ScriptSection section, bool keepsLineEnds)
    {
        hasher.Add($"section {section.Kind}");
        var text = section.Text;
        foreach (var token in section.Lexed.Tokens)
        {
            if (token.IsCode)
            {
                var code = text.AsSpan(token.Start, token.Length).TrimEnd();
                hasher.Add(keepsLineEnds || !code.Contains('\r') ? code : SourceFile.FoldReturns(code.ToString()));
            }
            else if (token.Kind == TokenKind.LineComment && LexedFile.StartsLine(text, token.Start)
                && Directive.Match(text.Substring(token.Start, token.Length)) is { } directive && !GooseAnnotation.IsBracket(directive))
            {
                // The section's kind is said above, also where there is no marker.
                var words = directive.IsMarker ? Squeeze(directive.Arguments).Split(' ').Skip(1) : [directive.Name, Squeeze(directive.Arguments)];
                foreach (var word in words) hasher.Add($"-- {word}");
            }
        }
    }

    /// <summary>The same script checked out with other line ends is the same script, unless its header says that they matter.</summary>
    private static bool KeepsLineEnds(Script script) => script.Header.LineEnds == LineEnds.Keep;

    private static IEnumerable<string> DataFiles(Script script, ScriptContent content)
    {
        var copied = content.NamesFiles ? script.Sections.SelectMany(s => s.Composition.Data).Select(content.Project.ResolveData) : [];
        return content.DataFolderFiles.Concat(copied).Distinct(StringComparer.Ordinal).OrderBy(content.Project.Relative, StringComparer.Ordinal);
    }

    private static string Squeeze(string text) => string.Join(' ', text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Sha256File(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
