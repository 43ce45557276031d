using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;

namespace Migrations.Cmdlets.Commands;

/// <summary>Rehearses what is pending on a throw-away server and says what it would do to the target, and what could be proven of it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Migration", DefaultParameterSetName = OnTarget)]
[OutputType(typeof(MigrationReport), typeof(bool))]
public sealed class TestMigrationCommand : ProjectCommand
{
    private const string OnTarget = "Target";
    private const string FromNothing = "Offline";
    private const string TextAlone = "Static";

    private readonly List<MigrationReport> _reports = [];

    /// <summary>Up to and including this version; without it everything that is pending.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>This version alone.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>There is no target: every script is pending, and the first one finds an empty database.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromNothing)]
    public SwitchParameter Offline { get; set; }

    /// <summary>Read the text and start no server: a part of the rules, and no proof.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TextAlone)]
    public SwitchParameter Static { get; set; }

    /// <summary>A superuser's connection to a server that may be thrown away, for extensions that the sandbox lacks.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [Parameter(ParameterSetName = FromNothing)]
    [ValidateNotNullOrEmpty]
    public object? SandboxConnection { get; set; }

    /// <summary>Where the schema comes from that the pending scripts find.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [ValidateSet("Scripts", "Dump")]
    public string From { get; set; } = "Scripts";

    /// <summary>Rows that are placed in each table before a script is tried.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [Parameter(ParameterSetName = FromNothing)]
    [ValidateRange(0, 100_000)]
    public int RowsPerTable { get; set; } = 24;

    /// <summary>Copy masked rows from there instead of making them up.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [Parameter(ParameterSetName = FromNothing)]
    [ValidateNotNullOrEmpty]
    public object? SampleFrom { get; set; }

    /// <summary>Longest for one script with all its proofs.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [Parameter(ParameterSetName = FromNothing)]
    [TimeLimit]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest for one question to the target.</summary>
    [Parameter(ParameterSetName = OnTarget)]
    [TimeLimit]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Write the report to these files too: .json, .sarif, .xml (JUnit), .md.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] OutFile { get; set; } = [];

    /// <summary>End with an error when a script has one of these.</summary>
    [Parameter]
    [ValidateSet("Refuted", "Unproven", "Error", "Warning", "NotIdempotent")]
    public string[] FailOn { get; set; } = [];

    /// <summary>Only whether all is well: no refuted and no missing proof, no finding of level Error; -FailOn says it otherwise.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = OnTarget)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        var files = OutFile.Select(file => SessionState.Path.GetUnresolvedProviderPathFromPSPath(file)).ToList();
        // An hour's rehearsal must not end with a report that nobody can write.
        foreach (var file in files) ReportFile.EnsureWritable(file);
        var request = new RehearsalRequest
        {
            Run = BaseRequest() with { Target = Target, Version = Version },
            Sandbox = OptionsOfOther(SandboxConnection),
            From = Enum.Parse<SchemaSource>(From, ignoreCase: true),
            RowsPerTable = RowsPerTable,
            SampleFrom = OptionsOfOther(SampleFrom),
            TimeLimit = TimeLimit,
            ProbeTimeout = ProbeTimeout,
        };
        var target = ParameterSetName == OnTarget ? Database : null;
        try
        {
            Stream((activity, stop) => Static ? new StaticExamination(Project, request.Run, TimeProvider.System).RunAsync() : new MigrationRehearsal(target, Project, request, activity, TimeProvider.System).RunAsync(stop), Take);
        }
        catch (EngineException) when (_reports.Count > 0)
        {
            // What was found before it must not be lost with it.
            Write(target, files);
            throw;
        }

        if (_reports.Count == 0) Say(target is null ? "There is no script to test." : $"Nothing is pending in {target.Options.Database} on {target.Options.Host}:{target.Options.Port}.");
        Write(target, files);
        Judge();
    }

    private void Write(Database? target, IReadOnlyList<string> files)
    {
        var whole = new RehearsalReport(target?.Options.ToString(), DateTimeOffset.UtcNow, typeof(TestMigrationCommand).Assembly.GetName().Version!.ToString(3), _reports);
        foreach (var file in files)
        {
            Await((_, stop) => ReportFile.WriteAsync(whole, file, stop));
            if (!Quiet) Say($"Wrote {file}");
        }
    }

    private void Take(MigrationReport report)
    {
        _reports.Add(report);
        if (!Quiet) WriteObject(report);
    }

    private void Judge()
    {
        string[] failOn = FailOn.Length > 0 || !Quiet ? FailOn : ["Refuted", "Unproven", "Error"];
        var failed = _reports.Where(report => failOn.Any(failure => report.Has(Enum.Parse<RehearsalFailure>(failure, ignoreCase: true)))).Select(report => report.Name).ToList();
        if (Quiet) WriteObject(failed.Count == 0);
        // Who asks quietly has the answer.
        if (failed.Count == 0 || FailOn.Length == 0 || Quiet) return;
        throw new EngineException("RehearsalFailed", FailureKind.Refused,
            $"{string.Join(", ", failed)}: the rehearsal found what -FailOn names ({string.Join(", ", failOn)}).",
            "Look at the reports: Test-Migration | Format-List. A finding that is accepted is said so in the script: -- allow: RULE reason=...", failed[0]);
    }
}
