namespace Migrations.Engine.Scripts;

/// <summary>The files of one versioned script, by their names alone: also where two scripts share a version, which loading refuses.</summary>
/// <param name="Files">The one with the up section first.</param>
internal sealed record ScriptUnit(ScriptName Name, IReadOnlyList<ScriptFile> Files)
{
    public ScriptVersion Version => Name.Version!;

    public ScriptFile Main => Files[0];

    /// <summary>What is renamed: the folder of a script that is one, else each file.</summary>
    public IEnumerable<(string Path, ScriptName Name)> Entries => Files.Select(f => (f.Folder ?? f.FullPath, f.Name)).DistinctBy(e => e.Item1);

    /// <summary>In the order of their versions, and of their paths where they share one.</summary>
    /// <exception cref="ScriptException"><c>UpMissing</c>, <c>RenumberAmbiguous</c>, and a name that is no script's.</exception>
    public static IReadOnlyList<ScriptUnit> Find(ProjectFolder folder) =>
    [
        .. from version in ScriptTree.Find(folder).Where(f => f.Name.Version is not null).GroupBy(f => f.Name.Version!)
           orderby version.Key
           from unit in Divide([.. version])
           select unit,
    ];

    private static IEnumerable<ScriptUnit> Divide(List<ScriptFile> files)
    {
        var mains = files.FindAll(f => f.GivesUp);
        var parts = files.FindAll(f => !f.GivesUp).ToLookup(part => MainOf(part, mains));
        return mains.Select(main => new ScriptUnit(main.Name, [main, .. parts[main]]));
    }

    private static ScriptFile MainOf(ScriptFile part, List<ScriptFile> mains)
    {
        var same = mains.FindAll(m => m.Name.Stem == part.Name.Stem);
        var beside = same.FindAll(m => Path.GetDirectoryName(m.FullPath) == Path.GetDirectoryName(part.FullPath));
        if (new[] { beside, same, mains }.FirstOrDefault(found => found.Count == 1) is [var only]) return only;
        throw mains.Count == 0
            ? new ScriptException("UpMissing", FailureKind.NotFound, $"Version {part.Name.Version} has a {part.Role.ToString().ToLowerInvariant()} file and no up.",
                "Add the script that it belongs to, or remove the file.", part.RelativePath)
            : new ScriptException("RenumberAmbiguous", FailureKind.Conflict,
                $"Version {part.Name.Version} is several scripts, and the name does not say which of them this {part.Role.ToString().ToLowerInvariant()} belongs to. Nothing was changed.",
                "Give it the same name as its script, then renumber again.", part.RelativePath);
    }
}
