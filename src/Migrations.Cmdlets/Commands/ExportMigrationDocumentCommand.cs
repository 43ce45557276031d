using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Governance;

namespace Migrations.Cmdlets.Commands;

/// <summary>Writes the documentation of a database: its scripts and where they stand, its tables, a diagram, and what was done when.</summary>
[Cmdlet(VerbsData.Export, "MigrationDocument", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = OfDatabase)]
[OutputType(typeof(ExportedDocument), typeof(PlannedDocument))]
public sealed class ExportMigrationDocumentCommand : ProjectCommand
{
    private const string OfDatabase = "Database";
    private const string OfScripts = "Offline";

    /// <summary>.html (one page), .md (Markdown), or one of each.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] OutFile { get; set; } = [];

    /// <summary>Ask no database: describe what the scripts build in a sandbox.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OfScripts)]
    public SwitchParameter Offline { get; set; }

    /// <summary>The PostgreSQL major of the sandbox; without it the first server found.</summary>
    [Parameter(ParameterSetName = OfScripts)]
    [ArgumentCompleter(typeof(MajorVersionCompleter))]
    [ValidateRange(15, 99)]
    public int? Major { get; set; }

    /// <summary>Without it the name of the database, or of the project's folder.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Schemas to leave out, besides those of the server and the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeSchema { get; set; } = [];

    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [Credential]
    [ValidateNotNull]
    public override PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = OfDatabase)]
    [ValidateNotNull]
    public override ScriptBlock? TokenScript { get; set; }

    protected override void Execute()
    {
        var files = OutFile.Select(file => SessionState.Path.GetUnresolvedProviderPathFromPSPath(file)).ToList();
        var of = Offline ? Project.Root : $"{Database.Options.Database} on {Database.Options.Host}:{Database.Options.Port}";
        var plans = DocumentFile.Plan(files, of, Force);
        var what = $"Write the documentation of {of} to {string.Join(", ", plans.Select(plan => plan.Path))}";
        if (!ShouldProcess(what, what + "?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plans, enumerateCollection: true);
            return;
        }

        var request = new DocumentRequest { Run = BaseRequest(), Title = Title, ExcludedSchemas = ExcludeSchema, Major = Major };
        var document = Await((activity, stop) => new DocumentReader(Offline ? null : Database, Project, Database.Secrets, activity, TimeProvider.System).ReadAsync(request, stop));
        WriteObject(Await((_, stop) => DocumentFile.WriteAsync(document, files, Force, stop)), enumerateCollection: true);
    }
}
