using System.Management.Automation;
using Migrations.Engine;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Commands;

/// <summary>Writes the next script from the template.</summary>
[Cmdlet(VerbsCommon.New, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class NewMigrationCommand : EngineCommand
{
    /// <summary>What the script is for, in a few words; its file name is made from it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "";

    /// <summary>The project folder; without it the nearest one upward that holds versions/.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Who writes it; without it the name of the OS user.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <summary>Number (001) or Timestamp (20260131120000); without it the project's setting, or as the newest script does.</summary>
    [Parameter]
    [ValidateSet(nameof(ScriptNaming.Number), nameof(ScriptNaming.Timestamp))]
    // Text, because a field of an engine's value type would load the engine with the module.
    public string? Naming { get; set; }

    /// <summary>A template of your own, with {{title}}, {{author}}, {{version}} and {{date}} in it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TemplatePath { get; set; }

    protected override void Execute()
    {
        var folder = ProjectFolder.Locate(
            Path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path),
            SessionState.Path.CurrentFileSystemLocation.ProviderPath);
        var options = new NewScriptOptions(Title, ReadTemplate()) { Naming = Naming is null ? null : Enum.Parse<ScriptNaming>(Naming, ignoreCase: true) };
        var script = NewScript.Plan(folder, ScriptProject.ReadSettings(folder), Author is null ? options : options with { Author = Author });
        if (!ShouldProcess(script.FullPath, "Write a new script")) return;
        script.Write();
        WriteFile(script.FullPath);
    }

    private string ReadTemplate()
    {
        var file = TemplatePath is null
            ? System.IO.Path.Combine(MyInvocation.MyCommand.Module!.ModuleBase, "module", "templates", "migration.sql")
            : SessionState.Path.GetUnresolvedProviderPathFromPSPath(TemplatePath);
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("TemplateNotReadable", FailureKind.NotFound, $"The template {file} cannot be read: {failure.Message}",
                "Check -TemplatePath; without it the module's own template is used.", file, failure);
        }
    }
}
