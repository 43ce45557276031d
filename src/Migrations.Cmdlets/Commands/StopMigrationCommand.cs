using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Ends the run of another shell, cleanly where it answers.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(StoppedMigration))]
public sealed class StopMigrationCommand : DatabaseCommand
{
    /// <summary>The project whose settings name the history schema.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Only this run; without it the one that runs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public Guid? RunId { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>How long it may take to roll back and record itself.</summary>
    [Parameter]
    [TimeLimit]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>End its session when it does not answer in time.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var schema = HistorySelection.Of(this, Path, HistorySchema);
        var found = Await((_, stop) => new RunningMigrationReader(Database, TimeProvider.System).ReadAsync(schema, stop));
        // What was piped and has no run id could only be guessed.
        var isNamed = RunId is not null || MyInvocation.ExpectingInput;
        if (found.FirstOrDefault(candidate => candidate.Pid is not null && (!isNamed || candidate.RunId == RunId && RunId is not null)) is not { } run)
        {
            if (isNamed) WriteFailure(NotRunning(schema.Name, found));
            else WriteInformation(new HostInformationMessage { Message = $"No run is going on in {Database.Options.Database} (history {schema})." }, ["PSHOST", "Migrations"]);
            return;
        }

        var how = Force ? $"Cancel, and end its session after {Timeout.TotalSeconds:0} s if it does not answer" : "Cancel";
        if (!ShouldProcess($"{run} in {run.Database} on {Database.Options.Host}:{Database.Options.Port}", how)) return;
        WriteObject(Await((activity, stop) => new RunStopper(Database, activity, TimeProvider.System).StopAsync(run, Timeout, Force, stop)));
    }

    private EngineException NotRunning(string schema, IReadOnlyList<RunningMigration> found)
    {
        var cutOff = found.FirstOrDefault(run => run.State == RunningState.Interrupted && (RunId is null || run.RunId == RunId));
        var which = RunId is { } id ? $"Run {id} does not run" : "A run without a run id has not begun and cannot be named; it does not run";
        return new EngineException("MigrationNotRunning", FailureKind.NotFound,
            $"{which} in {Database.Options.Database} (history {schema}){(cutOff is null ? "" : $"; {cutOff} was cut off")}. Nothing was touched.",
            "Get-Migration -Running shows what runs; check the connection and the history schema.", RunId);
    }
}
