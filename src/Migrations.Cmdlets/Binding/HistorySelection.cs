using System.Management.Automation;
using Migrations.Engine;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>For commands that read no scripts: the history schema that was named, the project's, or outside a project the usual one.</summary>
internal static class HistorySelection
{
    public static HistorySchema Of(PSCmdlet cmdlet, string? path, string? named) => Of(cmdlet.SessionState.Path, path, named);

    public static HistorySchema Of(PathIntrinsics paths, string? path, string? named)
    {
        if (named is not null) return new HistorySchema(named);
        try
        {
            var folder = ProjectFolder.Locate(path is null ? null : paths.GetUnresolvedProviderPathFromPSPath(path), paths.CurrentFileSystemLocation.ProviderPath);
            return new HistorySchema(ScriptProject.ReadSettings(folder).HistorySchema);
        }
        catch (EngineException none) when (path is null && none.ErrorId == "ProjectNotFound")
        {
            return new HistorySchema();
        }
    }
}
