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
        _changes =
        [
            .. moved.Select(path => new FileChange.Move(path, Path.Combine(folder.Root, ProjectFolder.SquashedName, Path.GetRelativePath(folder.Versions, path)))),
            new FileChange.Create(Path.Combine(folder.Root, checkpoint.Path), Encoding.UTF8.GetBytes(text)),
        ];
    }

    public CheckpointScript Checkpoint { get; }

    /// <summary>The database that was asked what is applied.</summary>
    public RunTarget Target { get; }

    /// <summary>Writes the checkpoint and moves what it replaces, all of it or nothing. A project that cannot be read afterwards is put back.</summary>
    /// <exception cref="EngineException"><c>FilesNotChanged</c>, <c>FilesHalfChanged</c>, and whatever loading the project says.</exception>
    public void Apply() => FileChanges.Apply(_changes, () => ScriptProject.Load(_folder.Root, _options));
}
