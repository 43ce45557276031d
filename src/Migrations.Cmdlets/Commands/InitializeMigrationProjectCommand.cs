using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Commands;

/// <summary>Lays out a project folder; what exists already is left as it is.</summary>
[Cmdlet(VerbsData.Initialize, "MigrationProject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class InitializeMigrationProjectCommand : DatabaseCommand
{
    /// <summary>The folder; it is made when it is missing. Without it the current one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>Draft the first script from the schema of a database.</summary>
    [Parameter]
    public SwitchParameter FromDatabase { get; set; }

    protected override void Execute()
    {
        RefuseUnused();
        var folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        var draft = FromDatabase ? SchemaDraft.PathIn(folder) : null;
        var planned = ProjectScaffold.Plan(folder).Where(file => draft is null || System.IO.Path.GetDirectoryName(file) != System.IO.Path.GetDirectoryName(draft)).ToList();
        if (draft is not null) planned.Add(draft);
        if (planned.Count == 0) return;
        var what = $"Create {string.Join(", ", planned.Select(file => System.IO.Path.GetRelativePath(folder, file)))}";
        if (!ShouldProcess(folder, draft is null ? what : $"{what} from {Database.Options}")) return;

        // Before anything is written: without pg_dump there is nothing to begin with.
        var text = draft is null ? null : Await((activity, stop) => new SchemaDraft(Database, activity, TimeProvider.System).ReadAsync(SchemaOf(folder), stop));
        if (draft is not null) Write(draft, text!);
        foreach (var file in ProjectScaffold.Create(folder)) WriteFile(file);
        if (draft is null) return;
        WriteFile(draft);
        WriteInformation(
            new HostInformationMessage { Message = $"Next, on this database and every other that has this schema: Set-MigrationBaseline -Version {SchemaDraft.Version} -Path '{CodeGeneration.EscapeSingleQuotedStringContent(folder)}'" },
            ["PSHOST", "Migrations"]);
    }

    private void RefuseUnused()
    {
        if (FromDatabase || !new[] { nameof(Connection), nameof(Credential), nameof(TokenScript) }.Any(MyInvocation.BoundParameters.ContainsKey)) return;
        throw new EngineException("ConnectionNotUsed", FailureKind.InvalidInput, "A connection was given, and a project folder is laid out without one. Nothing was written.",
            "Say -FromDatabase to draft the first script from that database, or leave the connection out.");
    }

    private static HistorySchema SchemaOf(string folder) =>
        new(File.Exists(System.IO.Path.Combine(folder, ProjectSettings.FileName)) ? ScriptProject.ReadSettings(ProjectFolder.Locate(folder, folder)).HistorySchema : HistorySchema.DefaultName);

    private static void Write(string file, string text)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            using var writer = new StreamWriter(new FileStream(file, FileMode.CreateNew, FileAccess.Write));
            writer.Write(text);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new EngineException("ScriptExists", FailureKind.Conflict, $"'{file}' exists already.", "Draft into another folder.", file);
        }
    }
}
