namespace Migrations.Engine.Scripts;

/// <summary>One change to the files of a project; see <see cref="FileChanges"/>.</summary>
internal abstract record FileChange
{
    public sealed record Edit(RequiresEdit Requires) : FileChange;

    /// <summary>A file or a whole folder; the target must not be there.</summary>
    public sealed record Move(string From, string To) : FileChange;

    /// <summary>The file must not be there.</summary>
    public sealed record Create(string Path, byte[] Content) : FileChange;
}
