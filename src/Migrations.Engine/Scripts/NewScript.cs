using System.Globalization;

namespace Migrations.Engine.Scripts;

/// <summary>A script that is about to be created: the next number or the time, and the template filled in.</summary>
public sealed record NewScript(ScriptVersion Version, string Name, string FullPath, string Text)
{
    /// <summary>Reads the names in the project, not the scripts: a broken script keeps nobody from writing the next one.</summary>
    /// <exception cref="EngineException"><c>TitleInvalid</c>, or a file of the project that is no script.</exception>
    public static NewScript Plan(ProjectFolder folder, ProjectSettings settings, NewScriptOptions options)
    {
        folder.RefuseSqitchPlan();
        var title = options.Title.Trim();
        var slug = ScriptSlug.Of(title);
        if (slug.Length == 0 || title.AsSpan().ContainsAny('\r', '\n'))
            throw new EngineException("TitleInvalid", FailureKind.InvalidInput, $"'{options.Title}' is no title.", "Say in a few words, on one line, what the script is for.", options.Title);

        var names = ScriptTree.Find(folder).Select(f => f.Name).Where(n => n.Version is not null).OrderBy(n => n.Version).ToList();
        var versions = names.ConvertAll(n => n.Version!);
        var naming = options.Naming ?? settings.Naming ?? NextVersion.NamingOf(versions);
        var version = naming == ScriptNaming.Number ? NextVersion.Number(versions) : NextVersion.Timestamp(versions, options.Clock.GetUtcNow());
        var name = names is [.., { Style: not NameStyle.Plain }] ? $"V{version}__{slug}" : $"{version}_{slug}";

        var text = options.Template.ReplaceLineEndings("\n")
            .Replace("{{title}}", title, StringComparison.Ordinal)
            .Replace("{{author}}", options.Author, StringComparison.Ordinal)
            .Replace("{{version}}", version, StringComparison.Ordinal)
            .Replace("{{date}}", options.Clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return new NewScript(ScriptVersion.Parse(version), name, Path.Combine(folder.Versions, name + ".sql"), text);
    }

    /// <exception cref="EngineException"><c>ScriptExists</c>: somebody was faster.</exception>
    public void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        try
        {
            using var file = new StreamWriter(new FileStream(FullPath, FileMode.CreateNew, FileAccess.Write));
            file.Write(Text);
        }
        catch (IOException) when (File.Exists(FullPath))
        {
            throw new EngineException("ScriptExists", FailureKind.Conflict, $"'{FullPath}' exists already.", "Try again: the next number is free.", FullPath);
        }
    }
}
