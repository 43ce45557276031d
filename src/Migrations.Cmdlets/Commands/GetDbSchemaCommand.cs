using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Catalog;

namespace Migrations.Cmdlets.Commands;

/// <summary>Describes the schema of a database: one object for each table, column, index, function and so on, or a file of them all.</summary>
[Cmdlet(VerbsCommon.Get, "DbSchema", DefaultParameterSetName = Objects)]
[OutputType(typeof(CatalogObject), ParameterSetName = [Objects])]
[OutputType(typeof(FileInfo), ParameterSetName = [File])]
public sealed class GetDbSchemaCommand : DatabaseCommand
{
    private const string Objects = "Objects";
    private const string File = "File";

    /// <summary>Full names as they are written: public.users, public.users.email.</summary>
    [Parameter(Position = 0, ParameterSetName = Objects)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = Objects)]
    [ArgumentCompleter(typeof(CatalogKindCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Kind { get; set; }

    /// <summary>Write all of it to this file as JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = File)]
    [ValidateNotNullOrEmpty]
    public string OutFile { get; set; } = "";

    /// <summary>Overwrite the file.</summary>
    [Parameter(ParameterSetName = File)]
    public SwitchParameter Force { get; set; }

    /// <summary>Schemas to leave out, besides those of the server and the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeSchema { get; set; } = [];

    /// <summary>The project whose settings name the history schema.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The schema of the history, which is left out; without it the project's, and outside a project the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    protected override void Execute()
    {
        string[] excluded = [HistorySelection.Of(this, Path, HistorySchema).Name, .. ExcludeSchema];
        if (ParameterSetName == File) WriteTo(SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile), excluded);
        else WriteObject(CatalogOf(excluded).Objects.Where(IsWanted), enumerateCollection: true);
    }

    private void WriteTo(string file, string[] excluded)
    {
        var read = Await((_, stop) => new CatalogFileSource(Database).ReadAsync(new CatalogSelection(excluded), stop));
        CatalogFileWriter.Write(read, file, Force);
        WriteFile(file);
    }

    private CatalogSnapshot CatalogOf(string[] excluded) =>
        Await((_, stop) => new CatalogFileSource(Database).ReadAsync(new CatalogSelection(excluded), stop)).Snapshot;

    private bool IsWanted(CatalogObject found) => Matches(Kind, found.Kind) && Matches(Name, found.Identity);

    private static bool Matches(string[]? patterns, string text) =>
        patterns is null || patterns.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text) || string.Equals(pattern, text, StringComparison.OrdinalIgnoreCase));
}
