using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>Finds the scripts of a project that the entries of another tool's history stand for.</summary>
internal sealed partial class ForeignMatcher(ScriptProject project, IReadOnlyList<ForeignEntry> entries)
{
    private readonly Dictionary<Script, byte[]> _bytes = [];
    private readonly ILookup<string, ForeignEntry> _byFile = entries.Where(entry => entry.IsPartOfFile).ToLookup(entry => entry.File ?? "");

    /// <summary>What a person should know of entries that could not be matched.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Empty when no file is what the entry stands for.</summary>
    public IReadOnlyList<ForeignMatch> Of(ForeignEntry entry)
    {
        if (entry.CoversBelow) return Covered(entry);
        if (entry.IsRepeatable) return project.Repeatable.FirstOrDefault(script => IsNamed(script, entry)) is { } view ? [new(view, ContentOf(view, entry))] : [];
        if (entry.IsFoundByContent && project.Versioned.FirstOrDefault(script => entry.IsSame!(Bytes(script))) is { } same) return [new(same, ForeignMatch.Same)];
        if (entry.IsPartOfFile) return WholeFile(entry);
        if (project.Versioned.FirstOrDefault(script => entry.Names.Contains(script.Name)) is { } named) return [new(named, ContentOf(named, entry))];

        return NumberOf(entry) is { } version && project.Versioned.FirstOrDefault(script => script.Version! == version) is { } numbered
            ? [new(numbered, ContentOf(numbered, entry))]
            : [];
    }

    private List<ForeignMatch> Covered(ForeignEntry entry)
    {
        if (!ScriptVersion.TryParse(entry.Version, out var limit)) return [];
        var covered = project.Versioned.Where(script => script.Version! <= limit).Select(script => new ForeignMatch(script, null)).ToList();
        if (covered.Count > 0 && covered[^1].Script.Version! != limit)
            Warnings.Add($"The other tool stands at version {entry.Version}, and no script here has that version; the highest below it is {covered[^1].Script.Name}.");
        return covered;
    }

    /// <summary>A file counts as run when every change set in it has.</summary>
    private List<ForeignMatch> WholeFile(ForeignEntry entry)
    {
        if (project.Versioned.FirstOrDefault(script => entry.Names.Contains(script.Name) && IsOnlyOne(script, entry)) is not { } script) return [];
        var has = ChangeSet().Count(System.Text.Encoding.UTF8.GetString(Bytes(script)));
        var ran = _byFile[entry.File!].Count();
        if (has == ran || (has == 0 && ran == 1)) return [new(script, null)];
        var warning = $"{entry.File} has {has} change sets here, and {ran} of that file have run: {script.Name} is not taken over.";
        if (!Warnings.Contains(warning)) Warnings.Add(warning);
        return [];
    }

    private bool IsOnlyOne(Script script, ForeignEntry entry) =>
        _byFile.Count(file => file.First().Names.Contains(script.Name)) == 1 || entry.File!.EndsWith(script.RelativePath, StringComparison.Ordinal);

    private static ScriptVersion? NumberOf(ForeignEntry entry) =>
        entry.Version is not null
            ? ScriptVersion.TryParse(entry.Version, out var given) ? given : null
            : entry.Names.Select(name => ScriptName.TryParse(name)?.Version).FirstOrDefault(version => version is not null);

    private static bool IsNamed(Script script, ForeignEntry entry) =>
        entry.Names.Contains(script.Name) || Plain(script.Name[(script.Name.LastIndexOf('/') + 1)..]) == Plain(entry.Title ?? "");

    /// <summary>By the tool's checksum; without one a file of the same number and another name is another script.</summary>
    private string? ContentOf(Script script, ForeignEntry entry)
    {
        if (entry.IsSame is { } isSame) return isSame(Bytes(script)) ? ForeignMatch.Same : ForeignMatch.Differs;
        if (entry.Names.Contains(script.Name)) return null;
        var ours = Plain(ScriptName.TryParse(script.Name)?.Title ?? script.Name);
        string[] theirs = entry.Title is { } title ? [Plain(title)] : [.. entry.Names.Select(name => Plain(ScriptName.TryParse(name)?.Title ?? name))];
        return theirs.Length == 0 || theirs.Contains(ours) ? null : ForeignMatch.Differs;
    }

    private static string Plain(string words) => string.Concat(words.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private byte[] Bytes(Script script) => _bytes.TryGetValue(script, out var known) ? known : _bytes[script] = File.ReadAllBytes(script.FullPath);

    [GeneratedRegex(@"^\s*--\s*changeset\s", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ChangeSet();
}
