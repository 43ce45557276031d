using System.Text;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>A checkpoint that was built, run and found to make the same. No file of the project has been touched yet.</summary>
public sealed class SquashPlan
{
    private readonly ProjectFolder _folder;
    private readonly ProjectLoadOptions _options;
    private readonly IReadOnlyList<FileChange> _changes;

    internal SquashPlan(CheckpointScript checkpoint, RunTarget target, string text, ProjectFolder folder, ScriptVariables variables, IEnumerable<string> moved)
    {
        (Checkpoint, Target, _folder) = (checkpoint, target, folder);
        _options = new ProjectLoadOptions { CurrentFolder = folder.Root, Variables = variables };
        var written = Path.Combine(folder.Root, checkpoint.Path);
        // Beside the checkpoint a script that it replaces cannot be loaded, so a crash in the midst stops every run; without it a part of them could.
        var moves = moved.Select(path => new FileChange.Move(path, Path.Combine(folder.Root, ProjectFolder.SquashedName, Path.GetRelativePath(folder.Versions, path)))).ToLookup(move => move.From == written);
        _changes = [.. moves[true], new FileChange.Create(written, Encoding.UTF8.GetBytes(text)), .. moves[false]];
    }

    public CheckpointScript Checkpoint { get; }

    /// <summary>The database that was asked what is applied.</summary>
    public RunTarget Target { get; }

    /// <summary>Writes the checkpoint and moves what it replaces, all of it or nothing. A project that cannot be read afterwards is put back.</summary>
    /// <exception cref="EngineException"><c>FilesNotChanged</c>, <c>FilesHalfChanged</c>, and whatever loading the project says.</exception>
    public void Apply() => FileChanges.Apply(_changes, () =>
    {
        // To their last included file: one may have been in a folder that moved.
        var left = ScriptProject.Load(_folder.Root, _options);
        foreach (var script in left.Versioned.Concat(left.Repeatable).Concat(left.Hooks.Values))
            _ = (script.ExactHash, script.Sections.Sum(section => section.Steps.Count));
    });
}
