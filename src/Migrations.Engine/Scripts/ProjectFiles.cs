namespace Migrations.Engine.Scripts;

/// <summary>Reads files that scripts name: inside the project only, so that what runs is what was reviewed and hashed.</summary>
/// <param name="root">Null for text that comes without a project, from the history.</param>
internal sealed class ProjectFiles(string? root)
{
    /// <summary>Decodes a file of the project; a path that is shown is relative to the root.</summary>
    public SourceFile Read(string fullPath)
    {
        var shown = Relative(fullPath);
        try
        {
            return ScriptDecoder.Decode(shown, File.ReadAllBytes(fullPath));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ScriptException("ScriptUnreadable", FailureKind.Permission, $"The file cannot be read: {unreadable.Message}",
                "Check that it exists and that this account may read it.", shown, unreadable);
        }
    }

    public string Relative(string fullPath) => root is null ? fullPath : ProjectPath.Relative(root, fullPath);

    /// <summary>Data lies beside its script, or is named from the root.</summary>
    public string ResolveData(DataReference data) => Resolve(data.Written, data.Position, besideScript: true, fromRoot: true);

    /// <summary>The full path of a file that a script names.</summary>
    /// <param name="position">Of the command; its file is what <paramref name="besideScript"/> is relative to.</param>
    /// <param name="besideScript">Look beside the script.</param>
    /// <param name="fromRoot">Look from the root of the project, if it is not beside the script.</param>
    /// <exception cref="ScriptException"><c>IncludeOutside</c>, <c>IncludeMissing</c>.</exception>
    public string Resolve(string written, SourcePosition position, bool besideScript, bool fromRoot)
    {
        if (root is null)
        {
            throw new ScriptException("IncludeMissing", FailureKind.NotFound, $"'{written}' is a file of the project, and this text comes without one.",
                "Run it from the checkout that holds the file.", position);
        }

        var candidates = new List<string>();
        if (besideScript) candidates.Add(Path.GetFullPath(written, Path.GetDirectoryName(Path.Combine(root, position.File))!));
        if (fromRoot) candidates.Add(Path.GetFullPath(written, root));

        foreach (var candidate in candidates)
        {
            if (!ProjectPath.IsInside(root, candidate))
            {
                throw new ScriptException("IncludeOutside", FailureKind.Refused, $"'{written}' lies outside the project.",
                    "Copy the file into the project: what runs must be what is reviewed and hashed.", position);
            }

            if (File.Exists(candidate)) return candidate;
        }

        throw new ScriptException("IncludeMissing", FailureKind.NotFound, $"There is no file '{Relative(candidates[0])}' in the project.", Advice(besideScript, fromRoot), position);
    }

    private static string Advice(bool besideScript, bool fromRoot) => (besideScript, fromRoot) switch
    {
        (true, true) => "The path is relative to the script, or to the project folder.",
        (true, false) => @"\ir is relative to the file that it stands in; \i is relative to the project folder.",
        _ => @"\i is relative to the project folder; \ir is relative to the file that it stands in.",
    };
}
