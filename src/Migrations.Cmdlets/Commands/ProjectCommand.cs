using System.Collections;
using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Commands;

/// <summary>A cmdlet about a project folder and a database.</summary>
public abstract class ProjectCommand : DatabaseCommand
{
    /// <summary>The project folder; without it the nearest one upward that holds versions/. Also a plain folder of scripts.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Values of :name in the scripts; a PSCredential (its password) or SecureString is masked and never stored.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <summary>Read once for the command.</summary>
    protected ScriptProject Project => field ??= LoadProject();

    /// <summary>Its folder, also when what is in it cannot be read; null when there is none.</summary>
    private protected string? ProjectRoot
    {
        get
        {
            try
            {
                var here = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
                return ProjectFolder.Locate(Path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path), here).Root;
            }
            catch (EngineException)
            {
                return null;
            }
        }
    }

    /// <summary>What the project's settings ask of every run.</summary>
    protected MigrationRequest BaseRequest() => new()
    {
        History = new HistorySchema(Project.Settings.HistorySchema),
        Environment = Project.Settings.Environment,
        LockWait = Project.Settings.RunTimeout,
        StatementTimeout = Project.Settings.StatementTimeout,
        Retry = RetryPolicy.Default with { LockTimeout = Project.Settings.LockTimeout, Attempts = Project.Settings.LockAttempts },
        DataLoader = new ScriptDataLoader(TimeProvider.System),
    };

    /// <summary>A line for the person at the screen; it is in no output and can be silenced with -InformationAction.</summary>
    protected void Say(string line) => WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST", "Migrations"]);

    private ScriptProject LoadProject()
    {
        var variables = VariableTable.Read(Variable);
        foreach (var secret in variables.Secrets) Database.Secrets.Add(secret);
        var here = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        return ScriptProject.Load(
            Path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path),
            new ProjectLoadOptions { CurrentFolder = here, Variables = variables });
    }
}
