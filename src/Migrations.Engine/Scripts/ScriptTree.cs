namespace Migrations.Engine.Scripts;

/// <summary>
/// Finds the versioned scripts below a folder, in every spelling: one file, a folder with <c>up.sql</c>, a pair <c>x.up.sql</c> and
/// <c>x.down.sql</c>, Flyway's V, U and R. Folders only group; a file that is no script is an error, never skipped.
/// </summary>
internal sealed class ScriptTree
{
    private const int DeepestLevel = 16;

    private static readonly string[] s_programs = [".go", ".java", ".kt", ".groovy", ".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".cs"];

    private readonly ProjectFolder _project;
    private readonly List<ScriptFile> _found = [];

    private ScriptTree(ProjectFolder project) => _project = project;

    /// <summary>In order of their paths.</summary>
    public static IReadOnlyList<ScriptFile> Find(ProjectFolder project)
    {
        if (!Directory.Exists(project.Versions)) return [];
        var tree = new ScriptTree(project);
        tree.Walk(project.Versions, 0);
        return tree._found;
    }

    private void Walk(string folder, int level)
    {
        if (level > DeepestLevel)
        {
            throw new ScriptException("ProjectTooDeep", FailureKind.InvalidInput, $"More than {DeepestLevel} folders deep; a link may lead back to a folder above.",
                "Take the link out, or point -Path at the folder of the scripts.", Relative(folder));
        }

        foreach (var file in Sorted(Directory.GetFiles(folder)))
        {
            if (IsSql(file)) _found.Add(FileOf(file));
            else RefuseProgram(file);
        }

        foreach (var child in Sorted(Directory.GetDirectories(folder)))
        {
            var name = Path.GetFileName(child);
            if (name.StartsWith('.') || child == _project.Repeatable || child == _project.Hooks) continue;

            var before = _found.Count;
            if (!TryAddFolder(child, name)) Walk(child, level + 1);
            if (_found.Count == before && ScriptName.TryParse(name) is { Version: not null })
                throw new ScriptException("UpMissing", FailureKind.InvalidInput, "The folder has the name of a script and holds no up.sql.", "Add up.sql, or remove the folder.", Relative(child));
        }
    }

    private bool TryAddFolder(string folder, string name)
    {
        var sections = Sorted(Directory.GetFiles(folder)).Select(file => (File: file, Role: RoleOf(Path.GetFileNameWithoutExtension(file)))).ToList();
        if (!sections.Any(s => IsSql(s.File) && s.Role is FileRole.Up or FileRole.Down)) return false;

        var scriptName = ScriptName.TryParse(name) ?? throw Unnamed(name, folder);
        foreach (var (file, role) in sections)
            if (IsSql(file) && role is { } known) _found.Add(new ScriptFile(scriptName, known, file, Relative(file), folder));
        return true;
    }

    private ScriptFile FileOf(string file)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var role = FileRole.Whole;
        if (Path.GetExtension(stem) is { Length: > 1 } suffix && RoleOf(suffix[1..]) is { } pair)
            (stem, role) = (Path.GetFileNameWithoutExtension(stem), pair);

        var name = ScriptName.TryParse(stem) ?? throw Unnamed(stem, file);
        if (name.Style == NameStyle.FlywayUndo) role = FileRole.Down;
        return new ScriptFile(name, role, file, Relative(file));
    }

    /// <summary>Migrations of other tools may be programs; a run that stepped over one would leave a hole.</summary>
    private void RefuseProgram(string file)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        if (!s_programs.Contains(Path.GetExtension(file).ToLowerInvariant()) || stem.EndsWith("_test", StringComparison.Ordinal) || !ScriptName.BeginsWithVersion(stem)) return;
        throw new ScriptException("ScriptNotSql", FailureKind.Refused, "A migration that is a program; scripts are SQL, and stepping over this one would leave a hole.",
            "Say in SQL what it does, under the same name with .sql, or move it out of the folder.", Relative(file));
    }

    private static FileRole? RoleOf(string word) => word.ToLowerInvariant() switch
    {
        "up" => FileRole.Up,
        "down" => FileRole.Down,
        "check" => FileRole.Check,
        "verify" => FileRole.Verify,
        _ => null,
    };

    internal static bool IsSql(string file) =>
        Path.GetExtension(file.AsSpan()).Equals(".sql", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file.AsSpan()).StartsWith('.');

    private ScriptException Unnamed(string stem, string path)
    {
        var (message, advice) = ScriptName.Explain(stem);
        return new ScriptException("ScriptNameInvalid", FailureKind.InvalidInput, message, advice, Relative(path));
    }

    private string Relative(string path) => ProjectPath.Relative(_project.Root, path);

    private static string[] Sorted(string[] paths)
    {
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }
}
