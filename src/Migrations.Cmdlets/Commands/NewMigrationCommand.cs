using System.Collections;
using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Commands;

/// <summary>Writes the next script from the template; renumbers scripts that came late or share a number; makes one script of many.</summary>
[Cmdlet(VerbsCommon.New, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = Fresh)]
[OutputType(typeof(FileInfo), ParameterSetName = [Fresh])]
[OutputType(typeof(RenumberedScript), ParameterSetName = [Again])]
[OutputType(typeof(CheckpointScript), ParameterSetName = [One])]
public sealed class NewMigrationCommand : DatabaseCommand
{
    private const string Fresh = "New";
    private const string Again = "Renumber";
    private const string One = "Squash";

    /// <summary>What the script is for, in a few words; its file name is made from it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Fresh)]
    [Parameter(ParameterSetName = One)]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "";

    /// <summary>The project folder; without it the nearest one upward that holds versions/.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Who writes it; without it the name of the OS user.</summary>
    [Parameter(ParameterSetName = Fresh)]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <summary>Number (001) or Timestamp (20260131120000); without it the project's setting, or as the newest script does.</summary>
    /// <remarks>Text, not the engine's enum: a field of a value type would load the engine at import.</remarks>
    [Parameter(ParameterSetName = Fresh)]
    [ValidateSet(nameof(ScriptNaming.Number), nameof(ScriptNaming.Timestamp))]
    public string? Naming { get; set; }

    /// <summary>A template of your own, with {{title}}, {{author}}, {{version}} and {{date}} in it.</summary>
    [Parameter(ParameterSetName = Fresh)]
    [ValidateNotNullOrEmpty]
    public string? TemplatePath { get; set; }

    /// <summary>Give scripts that came late or share a number new ones behind all others; what the database has applied stays.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Again)]
    public SwitchParameter Renumber { get; set; }

    /// <summary>These instead: versions, or whole names where two scripts share a version.</summary>
    [Parameter(ParameterSetName = Again)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Version { get; set; }

    /// <summary>Make one script, a checkpoint, of all that have run, up to -Target; a database that has run them does not run it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = One)]
    public SwitchParameter Squash { get; set; }

    /// <summary>The last version that goes into the checkpoint, and its own.</summary>
    [Parameter(Mandatory = true, ParameterSetName = One)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    /// <summary>Values of :name in the scripts; the checkpoint holds them as they are now, and none that is secret.</summary>
    [Parameter(ParameterSetName = One)]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    [Parameter(ParameterSetName = Again)]
    [Parameter(ParameterSetName = One)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = Again)]
    [Parameter(ParameterSetName = One)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = Again)]
    [Parameter(ParameterSetName = One)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        var folder = ProjectFolder.Locate(
            Path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path),
            SessionState.Path.CurrentFileSystemLocation.ProviderPath);
        if (Renumber) RenumberScripts(folder);
        else if (Squash) SquashScripts(folder);
        else Write(folder);
    }

    private void Write(ProjectFolder folder)
    {
        var options = new NewScriptOptions(Title, ReadTemplate()) { Naming = Naming is null ? null : Enum.Parse<ScriptNaming>(Naming, ignoreCase: true) };
        var script = NewScript.Plan(folder, ScriptProject.ReadSettings(folder), Author is null ? options : options with { Author = Author });
        if (!ShouldProcess(script.FullPath, "Write a new script")) return;
        script.Write();
        WriteFile(script.FullPath);
    }

    private void RenumberScripts(ProjectFolder folder)
    {
        var settings = ScriptProject.ReadSettings(folder);
        var plan = Await((_, stop) => new RenumberPlanner(Database, folder, TimeProvider.System).PlanAsync(settings, Version ?? [], stop));
        if (plan.Scripts.Count == 0) return;

        var what = $"Renumber {string.Join(", ", plan.Scripts.Select(script => $"{script.OldName} to {script.Name}"))} (not applied in {plan.Target})";
        if (ShouldProcess(what, what + "?", "Confirm", out var reason)) plan.Apply();
        else if (reason != ShouldProcessReason.WhatIf) return;
        WriteObject(plan.Scripts, enumerateCollection: true);
    }

    private void SquashScripts(ProjectFolder folder)
    {
        var variables = VariableTable.Read(Variable);
        foreach (var secret in variables.Secrets) Database.Secrets.Add(secret);
        var project = ScriptProject.Load(folder.Root, new ProjectLoadOptions { CurrentFolder = folder.Root, Variables = variables });
        var request = new MigrationRequest { History = new HistorySchema(project.Settings.HistorySchema), DataLoader = new ScriptDataLoader(TimeProvider.System) };
        var plan = Await((activity, stop) => new SquashPlanner(Database, project, activity, TimeProvider.System)
            .PlanAsync(request, Target, Title.Length > 0 ? Title : "Checkpoint", stop));

        var checkpoint = plan.Checkpoint;
        foreach (var warning in checkpoint.Warnings) WriteWarning(warning);
        var what = $"Write {checkpoint.Path}, which makes the same as {checkpoint.Replaces.Count} scripts ({checkpoint.Replaces[0]} to {checkpoint.Replaces[^1]}, all run in {plan.Target}), and move those to {checkpoint.MovedTo}/";
        if (ShouldProcess(what, what + "?", "Confirm", out var reason)) plan.Apply();
        else if (reason != ShouldProcessReason.WhatIf) return;
        WriteObject(checkpoint);
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
