namespace Migrations.Engine.Scripts;

/// <summary>Where a project lies, and which of its folders hold what.</summary>
/// <param name="Root">Full path; what <c>\i</c> is relative to.</param>
/// <param name="Versions">The folder of the versioned scripts: <c>versions/</c>, or the root itself in a plain folder of scripts.</param>
public sealed record ProjectFolder(string Root, string Versions)
{
    internal const string VersionsName = "versions";

    /// <summary>Where a squash puts what its checkpoint replaces; nothing in it is read.</summary>
    internal const string SquashedName = "squashed";

    public string Repeatable => Path.Combine(Root, "repeatable");

    public string Hooks => Path.Combine(Root, "hooks");

    public string SettingsFile => Path.Combine(Root, ProjectSettings.FileName);

    /// <summary>True for a folder of scripts without <c>versions/</c>.</summary>
    public bool IsPlain => Root == Versions;

    /// <summary>True for a folder of sqitch, whose plan says what the scripts are; its <c>deploy/</c> stands for it.</summary>
    public bool HasSqitchPlan => IsPlain && File.Exists(Path.Combine(Root, SqitchPlan.FileName));

    /// <exception cref="EngineException"><c>SqitchPlanOwns</c>: files of a plan get their names from sqitch.</exception>
    internal void RefuseSqitchPlan()
    {
        if (!HasSqitchPlan) return;
        throw new EngineException("SqitchPlanOwns", FailureKind.Refused, $"'{Root}' is a folder of sqitch: {SqitchPlan.FileName} says which scripts there are and in which order. Nothing was changed.",
            "Use sqitch add, or begin a project of your own with Initialize-MigrationProject.", Root);
    }

    /// <summary>
    /// With a path: that folder, being a project, its <c>versions/</c>, a folder of sqitch, or a plain folder of scripts. Without one: the nearest folder
    /// from <paramref name="currentFolder"/> upward that holds <c>versions/</c>.
    /// </summary>
    /// <exception cref="EngineException"><c>ProjectNotFound</c>.</exception>
    public static ProjectFolder Locate(string? path, string currentFolder) =>
        string.IsNullOrEmpty(path) ? Nearest(currentFolder) : At(Path.GetFullPath(path, currentFolder));

    private static ProjectFolder At(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        if (File.Exists(folder)) throw NotFound(folder, $"'{folder}' is a file.", "-Path is the folder of the project; choose one script with -Version.");
        if (!Directory.Exists(folder)) throw NotFound(folder, $"There is no folder '{folder}'.", "Correct -Path, or create a project with Initialize-MigrationProject.");

        if (Directory.Exists(Path.Combine(folder, VersionsName))) return Project(folder);
        // Somebody who points at versions/ itself still means the project, with its settings and its own schema.
        if (Path.GetFileName(folder) == VersionsName && Path.GetDirectoryName(folder) is { } parent) return Project(parent);
        if (Path.GetFileName(folder) == "deploy" && Path.GetDirectoryName(folder) is { } tree && File.Exists(Path.Combine(tree, SqitchPlan.FileName))) return new ProjectFolder(tree, tree);
        // Git keeps no empty folders: a fresh project may lack versions/ and still be one.
        return File.Exists(Path.Combine(folder, ProjectSettings.FileName)) && Directory.GetFiles(folder, "*.sql").Length == 0
            ? Project(folder)
            : new ProjectFolder(folder, folder);
    }

    private static ProjectFolder Nearest(string currentFolder)
    {
        for (var folder = Path.GetFullPath(currentFolder); folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, VersionsName))) return Project(folder);

        throw NotFound(currentFolder, $"No folder from '{currentFolder}' upward holds {VersionsName}/.",
            "Change to the project, give -Path, or create a project with Initialize-MigrationProject.");
    }

    private static ProjectFolder Project(string root) => new(root, Path.Combine(root, VersionsName));

    private static EngineException NotFound(string target, string message, string advice) =>
        new("ProjectNotFound", FailureKind.NotFound, message, advice, target);
}
