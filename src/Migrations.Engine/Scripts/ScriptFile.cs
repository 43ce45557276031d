namespace Migrations.Engine.Scripts;

/// <summary>A file found in a project that is a script or a section of one.</summary>
/// <param name="RelativePath">To the project, with forward slashes.</param>
/// <param name="Folder">Of a script that is a folder: its full path, where the data lies.</param>
internal sealed record ScriptFile(ScriptName Name, FileRole Role, string FullPath, string RelativePath, string? Folder = null)
{
    public bool GivesUp => Role is FileRole.Whole or FileRole.Up;
}
