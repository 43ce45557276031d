using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Which scripts would get which numbers. Nothing has been renamed yet.</summary>
public sealed class RenumberPlan
{
    private readonly ProjectFolder _folder;
    private readonly IReadOnlyList<RequiresEdit> _edits;
    private readonly IReadOnlyList<(string From, string To)> _moves;

    internal RenumberPlan(
        RunTarget target, IReadOnlyList<RenumberedScript> scripts, ProjectFolder folder, IReadOnlyList<RequiresEdit> edits, IReadOnlyList<(string From, string To)> moves)
    {
        Target = target;
        Scripts = scripts;
        _folder = folder;
        _edits = edits;
        _moves = moves;
    }

    /// <summary>The database that was asked what is applied.</summary>
    public RunTarget Target { get; }

    public IReadOnlyList<RenumberedScript> Scripts { get; }

    /// <summary>Renames all of them, or none. A script that could be read before and cannot be read under its new name puts everything back.</summary>
    /// <exception cref="EngineException"><c>FilesNotChanged</c>, <c>RenumberBreaks</c>, <c>FilesHalfChanged</c>.</exception>
    public void Apply()
    {
        var readable = Scripts.Where(script => WhyUnreadable(script.OldVersion, script.OldName) is null).ToList();
        FileChanges.Apply([.. _edits.Select(edit => new FileChange.Edit(edit)), .. _moves.Select(move => new FileChange.Move(move.From, move.To))], () =>
        {
            foreach (var script in readable)
            {
                if (WhyUnreadable(script.Version, script.Name) is not { } why) continue;
                throw new EngineException("RenumberBreaks", FailureKind.Conflict, $"{script.OldName} cannot be read as {script.Name}: {why.Message} Everything is as it was.",
                    "A script that names its own files by their path needs them beside it (\\ir, \\copy ... from 'data/rows.csv'), not from the root of the project.", script.OldPath, why);
            }
        });
    }

    private EngineException? WhyUnreadable(string version, string name)
    {
        var wanted = ScriptVersion.Parse(version);
        var unit = ScriptUnit.Find(_folder).First(u => u.Version == wanted && u.Name.Stem == name);
        try
        {
            var loader = new ScriptLoader(new ProjectFiles(_folder.Root), ScriptVariables.None, ScriptSection.SplitOptionsFor(standardConformingStrings: true));
            var main = unit.Main;
            var identity = new ScriptIdentity(ScriptKind.Versioned, unit.Name.Stem, unit.Name.Title, main.RelativePath, main.FullPath) { Version = unit.Version };
            // Reads what it includes and what it copies.
            _ = loader.Load(identity, unit.Files).TokenHash;
            return null;
        }
        catch (EngineException failure)
        {
            return failure;
        }
    }
}
