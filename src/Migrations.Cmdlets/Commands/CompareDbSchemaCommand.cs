using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;

namespace Migrations.Cmdlets.Commands;

/// <summary>Tells in which objects a database differs from what its scripts build, from a snapshot file, or from another database.</summary>
[Cmdlet(VerbsData.Compare, "DbSchema", DefaultParameterSetName = Scripts)]
[OutputType(typeof(SchemaDrift), typeof(bool))]
public sealed class CompareDbSchemaCommand : ProjectCommand
{
    private const string Scripts = "Scripts";
    private const string File = "File";
    private const string Other = "Database";

    /// <summary>The last version that should be in the database; without it its history says which scripts are.</summary>
    [Parameter(ParameterSetName = Scripts)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>A superuser's connection to a server that may be thrown away, for extensions that the sandbox lacks.</summary>
    [Parameter(ParameterSetName = Scripts)]
    [ValidateNotNullOrEmpty]
    public object? SandboxConnection { get; set; }

    /// <summary>A snapshot that Get-DbSchema -OutFile wrote.</summary>
    [Parameter(Mandatory = true, ParameterSetName = File)]
    [ValidateNotNullOrEmpty]
    public string ReferencePath { get; set; } = "";

    /// <summary>Another snapshot, in the place of the database.</summary>
    [Parameter(ParameterSetName = File)]
    [ValidateNotNullOrEmpty]
    public string? DifferencePath { get; set; }

    /// <summary>The database that is as it should be; everything that -Connection takes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Other)]
    [ValidateNotNullOrEmpty]
    public object? ReferenceConnection { get; set; }

    [Parameter(ParameterSetName = Other)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? ReferenceCredential { get; set; }

    /// <summary>Schemas to leave out, besides those of the server and the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeSchema { get; set; } = [];

    /// <summary>Write $true when there is no difference, else $false, and nothing more.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override void Execute()
    {
        var drifts = ParameterSetName switch { File => WithFile(), Other => WithDatabase(), _ => WithScripts() };
        if (Quiet) WriteObject(drifts.Count == 0);
        else if (drifts.Count == 0) Say("No difference.");
        else WriteObject(drifts, enumerateCollection: true);
    }

    private IReadOnlyList<SchemaDrift> WithScripts()
    {
        var request = new DriftRequest { Run = BaseRequest(), Version = Version, ExcludedSchemas = ExcludeSchema, Explains = !Quiet, Sandbox = OptionsOfOther(SandboxConnection) };
        return Await((activity, stop) => new DriftFinder(Database, Project, activity, TimeProvider.System).FindAsync(request, stop));
    }

    private IReadOnlyList<SchemaDrift> WithFile()
    {
        var reference = Read(ReferencePath);
        if (DifferencePath is not null) return SchemaDrift.Between(reference.Snapshot, Read(DifferencePath).Snapshot);
        return SchemaDrift.Between(reference.Snapshot, Snapshot(Database, [HistorySelection.Of(this, Path, null).Name, .. reference.ExcludedSchemas]));
    }

    private IReadOnlyList<SchemaDrift> WithDatabase()
    {
        var known = ConnectionTarget.Of(ReferenceConnection, RunspaceState.Of(this)).With(ReferenceCredential, null);
        string[] excluded = [HistorySelection.Of(this, Path, null).Name, .. ExcludeSchema];
        return SchemaDrift.Between(Snapshot(Keep(new Database(OptionsOf(known), Activity)), excluded), Snapshot(Database, excluded));
    }

    private CatalogSnapshot Snapshot(Database database, string[] excluded) =>
        Await((_, stop) => new CatalogFileSource(database).ReadAsync(new CatalogSelection(excluded), stop)).Snapshot;

    /// <summary>What a file holds cannot be left out any more: a schema of the one side would be missing on the other.</summary>
    private CatalogFile Read(string path)
    {
        var file = CatalogFileReader.Read(SessionState.Path.GetUnresolvedProviderPathFromPSPath(path));
        if (ExcludeSchema.Except(file.ExcludedSchemas, StringComparer.Ordinal).FirstOrDefault() is not { } held) return file;
        throw new EngineException("SnapshotHoldsSchema", FailureKind.InvalidInput, $"The schema {held} is to be left out, and the snapshot {path} was written with it.",
            $"Write the snapshot anew: Get-DbSchema -ExcludeSchema {held} -OutFile.", path);
    }
}
