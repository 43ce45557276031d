using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Commands;

/// <summary>Writes tables, views or the rows of a query to CSV files.</summary>
[Cmdlet(VerbsData.Export, "Table", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = OfTable)]
[OutputType(typeof(ExportResult), typeof(ExportPlan))]
public sealed class ExportTableCommand : DatabaseCommand
{
    private const string OfTable = "Table";
    private const string OfTableLiterally = "TableLiteralPath";
    private const string OfQuery = "Query";
    private const string OfQueryLiterally = "QueryLiteralPath";

    private readonly List<string> _tables = [];

    /// <summary>Several are written in one consistent snapshot, also when they come through the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = OfTable)]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = OfTableLiterally)]
    [Alias("Identity")]
    [ArgumentCompleter(typeof(TableNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Table { get; set; } = [];

    /// <summary>One statement that returns rows; $1, $2 stand for the values of -Parameter (write them in single quotes, or PowerShell expands them).</summary>
    [Parameter(Mandatory = true, ParameterSetName = OfQuery)]
    [Parameter(Mandatory = true, ParameterSetName = OfQueryLiterally)]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    [Parameter(ParameterSetName = OfQuery)]
    [Parameter(ParameterSetName = OfQueryLiterally)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] Parameter { get; set; } = [];

    /// <summary>The file; a folder, or a name with * for the table, where there are several.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = OfTable)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = OfQuery)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = OfTableLiterally)]
    [Parameter(Mandatory = true, ParameterSetName = OfQueryLiterally)]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter(ParameterSetName = OfTable)]
    [Parameter(ParameterSetName = OfTableLiterally)]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Column { get; set; }

    /// <summary>A condition in SQL.</summary>
    [Parameter(ParameterSetName = OfTable)]
    [Parameter(ParameterSetName = OfTableLiterally)]
    [ValidateNotNullOrEmpty]
    public string? Where { get; set; }

    /// <summary>Sort keys in SQL.</summary>
    [Parameter(ParameterSetName = OfTable)]
    [Parameter(ParameterSetName = OfTableLiterally)]
    [ValidateNotNullOrEmpty]
    public string? OrderBy { get; set; }

    /// <summary>How many sessions read a table at once.</summary>
    [Parameter(ParameterSetName = OfTable)]
    [Parameter(ParameterSetName = OfTableLiterally)]
    [ValidateRange(1, 64)]
    public int Parallel { get; set; } = 1;

    [Parameter]
    public char Delimiter { get; set; } = ',';

    [Parameter]
    public char Quote { get; set; } = '"';

    [Parameter]
    [AllowEmptyString]
    public string NullText { get; set; } = "";

    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    [ValidateNotNullOrEmpty]
    public string Encoding { get; set; } = "UTF8";

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Bytes of text in a file, before compression: 500MB.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? SplitSize { get; set; }

    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? SplitRows { get; set; }

    /// <summary>For spreadsheets; such a file is not for importing again.</summary>
    [Parameter]
    public SwitchParameter FormulaSafe { get; set; }

    [Parameter]
    public SwitchParameter Manifest { get; set; }

    /// <summary>Where the export is put on record; without it in the project's history, and outside a project in the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute() => _tables.AddRange(Table);

    protected override void Finish()
    {
        // An empty pipeline: nothing was asked for.
        if (Query is null && _tables.Count == 0) return;
        var request = Request();
        var plans = Await((_, stop) => new ExportPlanner(Database).PlanAsync(request, stop));
        foreach (var warning in plans.SelectMany(plan => plan.Warnings)) WriteWarning(warning);
        var what = $"Write {string.Join(", ", plans)}, from {plans[0].Target}";
        if (!ShouldProcess(what, what + "?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plans, enumerateCollection: true);
            return;
        }

        WriteObject(Await((activity, stop) => new TableExporter(Database, activity, TimeProvider.System).ExportAsync(plans, request, stop)), enumerateCollection: true);
    }

    private ExportRequest Request() => new()
    {
        Tables = _tables,
        Query = Query,
        Parameters = [.. (Parameter ?? []).Select(value => value is PSObject wrapped ? wrapped.BaseObject : value)],
        Path = PlaceOf((LiteralPath ?? Path)!),
        PathIsLiteral = LiteralPath is not null,
        Columns = Column,
        Where = Where,
        OrderBy = OrderBy,
        Dialect = new CsvDialect { Delimiter = Delimiter, Quote = Quote, Escape = Quote, NullText = NullText },
        Header = !NoHeader,
        Encoding = Encoding,
        TimeZone = TimeZone,
        SplitBytes = SplitSize,
        SplitRows = SplitRows,
        Streams = Parallel,
        FormulaSafe = FormulaSafe,
        Overwrite = Force,
        Manifest = Manifest,
        History = HistorySelection.Of(this, null, HistorySchema),
    };

    /// <summary>With the slash at its end, which says that a folder is meant and which the provider takes away.</summary>
    private string PlaceOf(string given)
    {
        var path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(given);
        return given[^1] is '/' or '\\' && !System.IO.Path.EndsInDirectorySeparator(path) ? path + System.IO.Path.DirectorySeparatorChar : path;
    }
}
