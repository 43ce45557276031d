namespace Migrations.Engine.Scripts;

/// <summary>A project folder as loaded: its settings and all its scripts. Nothing is read twice, and no server is asked.</summary>
public sealed class ScriptProject
{
    private ScriptProject(ProjectFolder folder, ProjectSettings settings, ScriptVariables variables)
    {
        Folder = folder;
        Settings = settings;
        Variables = variables;
    }

    public ProjectFolder Folder { get; }

    /// <summary>Full path.</summary>
    public string Root => Folder.Root;

    public ProjectSettings Settings { get; }

    /// <summary>Those of the settings file and of the command line.</summary>
    public ScriptVariables Variables { get; }

    /// <summary>In the order to run: by version, and whatever a script requires before it.</summary>
    public IReadOnlyList<Script> Versioned { get; private init; } = [];

    /// <summary>In the order to run: by name, and whatever a script requires before it.</summary>
    public IReadOnlyList<Script> Repeatable { get; private init; } = [];

    public IReadOnlyDictionary<HookPoint, Script> Hooks { get; private init; } = new Dictionary<HookPoint, Script>();

    /// <summary>Whether a checkpoint stands for the script that had this version.</summary>
    public bool IsReplaced(string version) =>
        ScriptVersion.TryParse(version, out var wanted) && Versioned.Any(script => script.Version != wanted && script.Header.Replaces?.Holds(wanted) == true);

    /// <summary>The same project with these versioned scripts and nothing else: no repeatables, no hooks.</summary>
    internal ScriptProject Only(IEnumerable<Script> versioned) => new(Folder, Settings, Variables) { Versioned = [.. versioned] };

    /// <summary>The same project with this script and its hooks, and no other script.</summary>
    internal ScriptProject OneAtATime(Script script) => new(Folder, Settings, Variables)
    {
        Versioned = script.Kind == ScriptKind.Versioned ? [script] : [],
        Repeatable = script.Kind == ScriptKind.Repeatable ? [script] : [],
        Hooks = Hooks,
    };

    /// <param name="path">As for <see cref="ProjectFolder.Locate"/>.</param>
    /// <exception cref="EngineException">
    /// The first thing that is wrong with the names, the settings or the form of a script. What needs the whole text of a section (included
    /// files, variables, forbidden statements) is told by <see cref="ScriptSection.Steps"/>.
    /// </exception>
    public static ScriptProject Load(string? path, ProjectLoadOptions? options = null)
    {
        options ??= new ProjectLoadOptions();
        var folder = ProjectFolder.Locate(path, options.CurrentFolder);
        var settings = ReadSettings(folder);
        var variables = Merge(settings, options.Variables);

        var found = ProjectScripts.Find(folder);
        var files = new ProjectFiles(folder.Root);
        var loader = new ScriptLoader(files, variables, ScriptSection.SplitOptionsFor(options.StandardConformingStrings));
        var scripts = LoadAll(found, loader);
        return new ScriptProject(folder, settings, variables)
        {
            Versioned = ScriptOrder.OfVersioned([.. scripts.Where(s => s.Kind == ScriptKind.Versioned)]),
            Repeatable = ScriptOrder.OfRepeatable([.. scripts.Where(s => s.Kind == ScriptKind.Repeatable)], [.. scripts.Where(s => s.Kind == ScriptKind.Versioned)]),
            Hooks = scripts.Where(s => s.Kind == ScriptKind.Hook).ToDictionary(s => s.HookPoint!.Value),
        };
    }

    /// <summary>Version and name of every versioned script, from the file names alone. Scripts that share a version, and keep the project from loading, share an entry.</summary>
    /// <exception cref="EngineException">As <see cref="Load"/>, for a name that is none.</exception>
    public static IReadOnlyList<(string Version, string Name)> ListNames(string? path, string currentFolder)
    {
        var folder = ProjectFolder.Locate(path, currentFolder);
        if (folder.HasSqitchPlan)
            return [.. from found in ProjectScripts.Find(folder) where found.Identity.Version is not null orderby found.Identity.Version select (found.Identity.Version!.ToString(), found.Identity.Name)];
        return
        [
            .. from file in ScriptTree.Find(folder)
               where file.Name.Version is not null
               group file by file.Name.Version into files
               orderby files.Key
               let main = files.Where(file => file.GivesUp).DefaultIfEmpty(files.First()).ToList()
               select (main[0].Name.Version!.ToString(), string.Join(", ", main.Select(file => file.Name.Stem).Distinct(StringComparer.Ordinal))),
        ];
    }

    /// <summary>The settings alone, for commands that need no scripts.</summary>
    /// <exception cref="ScriptException"><c>SettingsInvalid</c>.</exception>
    public static ProjectSettings ReadSettings(ProjectFolder folder) =>
        File.Exists(folder.SettingsFile)
            ? ProjectSettingsReader.Read(ProjectSettings.FileName, File.ReadAllBytes(folder.SettingsFile))
            : ProjectSettings.Default;

    private static ScriptVariables Merge(ProjectSettings settings, ScriptVariables ofCommandLine)
    {
        var variables = ScriptVariables.None;
        foreach (var (name, value) in settings.Variables) variables = variables.With(name, value);
        foreach (var variable in ofCommandLine) variables = variables.With(variable.Name, variable.Value, variable.IsSecret);
        return variables;
    }

    private static Script[] LoadAll(IReadOnlyList<FoundScript> found, ScriptLoader loader)
    {
        var scripts = new Script[found.Count];
        var failures = new ScriptException?[found.Count];
        Parallel.For(0, found.Count, i =>
        {
            try
            {
                scripts[i] = loader.Load(found[i].Identity, found[i].Files);
            }
            catch (ScriptException failure)
            {
                failures[i] = failure;
            }
        });

        // Whichever thread was first: the report names the first script in order, every time.
        return Array.Find(failures, f => f is not null) is { } first ? throw first : scripts;
    }
}
