using System.Management.Automation;
using Migrations.Engine;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>Which file keeps the anchors of the audit chain: that of the project, beside its settings.</summary>
internal static class AnchorSelection
{
    /// <returns>Null when no project is there, or it names none.</returns>
    public static string? Of(PSCmdlet cmdlet, string? path)
    {
        var paths = cmdlet.SessionState.Path;
        try
        {
            var folder = ProjectFolder.Locate(path is null ? null : paths.GetUnresolvedProviderPathFromPSPath(path), paths.CurrentFileSystemLocation.ProviderPath);
            return ScriptProject.ReadSettings(folder).AnchorPath is { } named ? System.IO.Path.GetFullPath(named, folder.Root) : null;
        }
        catch (EngineException none) when (path is null && none.ErrorId == "ProjectNotFound")
        {
            return null;
        }
    }
}
