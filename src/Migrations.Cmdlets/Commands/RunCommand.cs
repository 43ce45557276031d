using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Audit;
using Migrations.Engine.Governance;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>A cmdlet that plans, asks, and runs the plan: the shape that Invoke-Migration and Undo-Migration share.</summary>
public abstract class RunCommand : ProjectCommand
{
    /// <summary>The stamp that the database must carry; wins over the project's setting.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    /// <summary>Write the plan as a psql script, history rows included, and run nothing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>How long to wait for another run to end; wins over the project's setting.</summary>
    [Parameter]
    [TimeLimit]
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Longest wait for one lock before the script is rolled back and tried again; wins over the project's setting, not over a header.</summary>
    [Parameter]
    [TimeLimit]
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>Adds a line to this file after the run: how long the audit chain is and what it ends with; wins over the project's setting.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AnchorPath { get; set; }

    /// <summary>Appends one JSON object a line for each event of the run.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogFile { get; set; }

    /// <summary>On GitHub and Azure: writes a failure also as the line that these show beside the file.</summary>
    [Parameter]
    public SwitchParameter Annotate { get; set; }

    private RunLog? Log { get; set; }

    private protected override IActivity DatabaseActivity => Log is { } log ? new LoggedActivity(Activity, log) : Activity;

    /// <summary>Plans, and carries the plan.</summary>
    protected abstract void Carry();

    protected sealed override void Execute()
    {
        // A look at a plan is no run, and leaves no file.
        if (LogFile is not null && !Wants("WhatIf"))
            Log = Keep(new RunLog(SessionState.Path.GetUnresolvedProviderPathFromPSPath(LogFile), () => Database.Secrets, Activity, TimeProvider.System));
        try
        {
            Log?.Open();
            Carry();
        }
        catch (EngineException failure)
        {
            if (failure.ErrorId != "LogNotWritable") Log?.Failed(failure);
            // A look is no run, and nothing was refused to it.
            if (failure.Kind == FailureKind.Refused && failure is not MigrationFailedException && OutFile is null && !Wants("WhatIf")) Record(failure);
            if (Annotate && CiAnnotation.Detect(System.Environment.GetEnvironmentVariable) is { } annotation) Say(annotation.Of(failure, ProjectRoot));
            throw;
        }
    }

    private void Record(EngineException refusal)
    {
        var schema = HistorySelection.Of(this, Path, null);
        var detail = new { command = MyInvocation.MyCommand.Name, errorId = refusal.ErrorId, message = Database.Secrets.Apply(refusal.Message) };
        try
        {
            Await((activity, stop) => new ActLog(Database, schema, activity).RecordAsync("RunRefused", "refusal", detail, stop));
        }
        catch (OperationCanceledException)
        {
            // The refusal is what has to be told.
        }
    }

    protected MigrationRequest Request()
    {
        var request = BaseRequest();
        return request with
        {
            Environment = Environment ?? request.Environment,
            LockWait = RunTimeout ?? request.LockWait,
            AnchorPath = AnchorPath is { } path ? SessionState.Path.GetUnresolvedProviderPathFromPSPath(path) : AnchorSelection.Of(this, Path),
            Retry = LockTimeout is { } limit ? request.Retry with { LockTimeout = limit } : request.Retry,
        };
    }

    /// <summary>What the project's policy asks; nothing where there is none.</summary>
    /// <param name="report">Full path; null: the one that the policy names, if any.</param>
    private protected IReadOnlyList<IMigrationGate> Gates(string? report) => PolicyGate.Find(Project, Database, report, TimeProvider.System) is { } gate ? [gate] : [];

    private protected void Carry(MigrationPlan plan, string verb)
    {
        foreach (var warning in plan.Warnings) WriteWarning(warning);
        if (plan.Scripts.Count == 0)
        {
            Log?.NothingToDo(plan.Target);
            Say($"Nothing to do in {plan.Target}.");
            return;
        }

        var what = $"{verb} {Count(plan)}";
        if (OutFile is not null)
        {
            Write(plan);
        }
        else if (Agreed(plan, $"{what} in {plan.Target}", $"{what} in {plan.Target}?", "Confirm"))
        {
            Say($"{what} in {plan.Target}");
            Stream((activity, stop) => new MigrationRunner(Database, activity, TimeProvider.System, Log).RunAsync(plan, stop));
        }
    }

    /// <summary>With -WhatIf the plan goes out as objects.</summary>
    private bool Agreed(MigrationPlan plan, string description, string question, string caption)
    {
        if (ShouldProcess(description, question, caption, out var reason)) return true;
        if (reason == ShouldProcessReason.WhatIf) WriteObject(plan.Describe(Database.Secrets), enumerateCollection: true);
        return false;
    }

    private static string Count(MigrationPlan plan) => plan.Scripts switch
    {
        [var only] => only.Name,
        { Count: <= 4 } few => string.Join(", ", few.Select(script => script.Name)),
        var many => $"{many.Count} scripts, {many[0].Name} to {many[^1].Name},",
    };

    private void Write(MigrationPlan plan)
    {
        var file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile);
        // A file destroys nothing: only who asks to be asked is asked, also by a cmdlet of high impact.
        if (Wants("WhatIf") || Wants("Confirm"))
        {
            var what = $"Write the plan as a psql script to {file}";
            if (!Agreed(plan, what, what + "?", "Confirm")) return;
        }

        Await((_, stop) => PlanFile.WriteAsync(plan, file, Database.Secrets, TimeProvider.System, stop));
        WriteFile(file);
    }

    /// <summary>By its own switch, or for WhatIf by the caller's preference.</summary>
    private bool Wants(string parameter) => MyInvocation.BoundParameters.TryGetValue(parameter, out var value)
        ? value is SwitchParameter { IsPresent: true }
        : parameter == "WhatIf" && LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
}
