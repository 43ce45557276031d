namespace Migrations.Engine.Scripts;

/// <summary>Finds everything in a project that is a script, and puts files that belong together together.</summary>
internal static class ProjectScripts
{
    /// <exception cref="EngineException">
    /// <c>ScriptDuplicate</c>, <c>UpMissing</c>, <c>ScriptNameInvalid</c>, <c>HookUnknown</c>; <c>ProjectNotFound</c> when a plain folder holds no script.
    /// </exception>
    public static IReadOnlyList<FoundScript> Find(ProjectFolder folder)
    {
        if (folder.HasSqitchPlan) return SqitchTree.Find(folder);
        var files = ScriptTree.Find(folder);
        if (folder.IsPlain && files.Count == 0)
        {
            throw new EngineException("ProjectNotFound", FailureKind.NotFound, $"'{folder.Root}' holds neither {ProjectFolder.VersionsName}/ nor a script.",
                "Correct -Path, or create a project with Initialize-MigrationProject.", folder.Root);
        }

        return
        [
            .. files.Where(f => f.Name.Version is not null).GroupBy(f => f.Name.Version!).Select(Versioned),
            .. Repeatables(folder, files),
            .. Distinct(SqlFiles(folder, folder.Hooks)).Select(Hook),
        ];
    }

    private static FoundScript Versioned(IGrouping<ScriptVersion, ScriptFile> group)
    {
        var files = group.ToList();
        foreach (var role in files.GroupBy(f => f.GivesUp ? FileRole.Up : f.Role))
            if (role.ToList() is [var first, var second, ..]) throw Duplicate($"version {group.Key}", first.RelativePath, second.RelativePath);

        var main = files.Find(f => f.GivesUp) ?? throw new ScriptException("UpMissing", FailureKind.NotFound,
            $"Version {group.Key} has a {files[0].Role.ToString().ToLowerInvariant()} file and no up.", "Add the script that it belongs to, or remove the file.", files[0].RelativePath);
        var name = main.Name;
        return new FoundScript(new ScriptIdentity(ScriptKind.Versioned, name.Stem, name.Title, main.RelativePath, main.FullPath) { Version = name.Version }, files);
    }

    /// <summary>By their names alone, in no order.</summary>
    public static IEnumerable<ScriptFile> RepeatableFiles(ProjectFolder folder) => RepeatableFiles(folder, ScriptTree.Find(folder));

    private static IEnumerable<ScriptFile> RepeatableFiles(ProjectFolder folder, IReadOnlyList<ScriptFile> files) =>
        files.Where(f => f.Name.Version is null).Concat(SqlFiles(folder, folder.Repeatable));

    private static IEnumerable<FoundScript> Repeatables(ProjectFolder folder, IReadOnlyList<ScriptFile> files)
    {
        return
            from file in Distinct(RepeatableFiles(folder, files))
            orderby file.Name.Stem
            select new FoundScript(new ScriptIdentity(ScriptKind.Repeatable, file.Name.Stem, file.Name.Title, file.RelativePath, file.FullPath), [file]);
    }

    private static FoundScript Hook(ScriptFile file)
    {
        var names = Enum.GetValues<HookPoint>().ToDictionary(NameOf);
        if (!names.TryGetValue(file.Name.Stem, out var point))
        {
            throw new ScriptException("HookUnknown", FailureKind.InvalidInput, $"'{file.Name.Stem}' is not a hook.{NearestName.Suggest(file.Name.Stem, names.Keys)}",
                $"The hooks are {string.Join(", ", names.Keys)}.", file.RelativePath);
        }

        return new FoundScript(new ScriptIdentity(ScriptKind.Hook, file.Name.Stem, file.Name.Title, file.RelativePath, file.FullPath) { HookPoint = point }, [file]);
    }

    private static List<ScriptFile> Distinct(IEnumerable<ScriptFile> files)
    {
        var found = files.ToList();
        foreach (var same in found.GroupBy(f => f.Name.Stem, StringComparer.Ordinal))
            if (same.ToList() is [var first, var second, ..]) throw Duplicate($"'{same.Key}'", first.RelativePath, second.RelativePath);
        return found;
    }

    private static IEnumerable<ScriptFile> SqlFiles(ProjectFolder project, string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(ScriptTree.IsSql).Order(StringComparer.Ordinal))
        {
            var stem = Path.ChangeExtension(ProjectPath.Relative(folder, path), null);
            var title = Path.GetFileNameWithoutExtension(path).Replace('_', ' ');
            yield return new ScriptFile(new ScriptName(stem, null, title, NameStyle.Plain), FileRole.Whole, path, ProjectPath.Relative(project.Root, path));
        }
    }

    // BeforeRun is before-run.sql.
    private static string NameOf(HookPoint point) =>
        string.Concat(point.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    private static ScriptException Duplicate(string what, string first, string second) =>
        new("ScriptDuplicate", FailureKind.Conflict, $"Two scripts are {what}: {first} and {second}.", "Rename one of them; a version is compared by its numbers, so 1, 01 and 001 are the same.", second);
}
