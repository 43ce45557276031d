namespace Migrations.Engine.Scripts;

/// <summary>The scripts of a folder with a <c>sqitch.plan</c>: <c>deploy/</c> is up, <c>revert/</c> down, <c>verify/</c> verify.</summary>
internal static class SqitchTree
{
    /// <exception cref="ScriptException"><c>SqitchPlanInvalid</c>, <c>RequiresUnknown</c>, <c>UpMissing</c>, <c>ScriptNotInPlan</c>.</exception>
    public static IReadOnlyList<FoundScript> Find(ProjectFolder folder)
    {
        var plan = new ProjectFiles(folder.Root).Read(Path.Combine(folder.Root, SqitchPlan.FileName));
        var found = SqitchPlan.Read(plan).Select(change => Of(folder, change)).ToList();
        RefuseUnplanned(folder, found);
        return found;
    }

    private static FoundScript Of(ProjectFolder folder, SqitchChange change)
    {
        var stem = change.Stems.FirstOrDefault(s => File.Exists(PathOf(folder, "deploy", s))) ?? throw new ScriptException("UpMissing", FailureKind.NotFound,
            $"The plan has the change '{change.Name}', and there is no such file.", "Restore it, or take the change out of the plan.", $"deploy/{change.Stems[0]}.sql");
        var version = ScriptVersion.Parse(change.Version);
        var name = new ScriptName(stem, version, change.Note.Length > 0 ? change.Note : change.Name.Replace('_', ' '), NameStyle.Sqitch);
        var files = new[] { ("deploy", FileRole.Up), ("revert", FileRole.Down), ("verify", FileRole.Verify) }
            .Select(f => (Path: PathOf(folder, f.Item1, stem), Role: f.Item2)).Where(f => File.Exists(f.Path))
            .Select(f => new ScriptFile(name, f.Role, f.Path, ProjectPath.Relative(folder.Root, f.Path))).ToList();
        var identity = new ScriptIdentity(ScriptKind.Versioned, stem, name.Title, files[0].RelativePath, files[0].FullPath)
        {
            Version = version,
            Requires = [.. change.Requires.Select(r => r.Version)],
        };
        return new FoundScript(identity, files);
    }

    /// <summary>sqitch would never run it; somebody may believe that it does.</summary>
    private static void RefuseUnplanned(ProjectFolder folder, List<FoundScript> found)
    {
        var deploy = Path.Combine(folder.Root, "deploy");
        if (!Directory.Exists(deploy)) return;
        var planned = found.Select(f => f.Identity.FullPath).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(deploy, "*", SearchOption.AllDirectories).Where(ScriptTree.IsSql).Order(StringComparer.Ordinal))
        {
            if (planned.Contains(file)) continue;
            throw new ScriptException("ScriptNotInPlan", FailureKind.InvalidInput, $"{SqitchPlan.FileName} has no change for this file, and so it would never run.",
                "Add it to the plan (sqitch add), or remove it; keep files that others include outside deploy/.", ProjectPath.Relative(folder.Root, file));
        }
    }

    private static string PathOf(ProjectFolder folder, string kind, string stem) => Path.Combine(folder.Root, kind, stem.Replace('/', Path.DirectorySeparatorChar) + ".sql");
}
