using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Commands;

/// <summary>Loads CSV files into a table through COPY: all files of the call in one transaction.</summary>
[Cmdlet(VerbsData.Import, "Table", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
[OutputType(typeof(ImportResult), typeof(ImportPlan))]
public sealed class ImportTableCommand : DatabaseCommand
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";

    private List<string> _files = [];
    private ImportActivity? _heard;

    /// <summary>As SQL reads it, sales.orders, or exactly as it is called.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(TableNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Table { get; set; } = "";

    /// <summary>CSV files; .gz, .zst and .br are decompressed on the way.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByPath, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Truncate empties the table in the same transaction; Upsert updates the rows whose key is there.</summary>
    [Parameter]
    [ValidateSet("Append", "Truncate", "Upsert")]
    public string Mode { get; set; } = "Append";

    /// <summary>Of an upsert: the columns of a unique index; without it the primary key.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <summary>What becomes of a key that stands in the files twice.</summary>
    [Parameter]
    [ValidateSet("Error", "First", "Last")]
    public string DuplicateKey { get; set; } = "Error";

    /// <summary>@{ 'name in the file' = 'column of the table' }; names that are alike need none.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable ColumnMap { get; set; } = [];

    /// <summary>Columns of the file that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] IgnoreColumn { get; set; } = [];

    /// <summary>Quarantine sets each bad row aside in a file and loads all others.</summary>
    [Parameter]
    [ValidateSet("Stop", "Quarantine")]
    public string OnError { get; set; } = "Stop";

    /// <summary>The most rows that may be set aside, 100 or 0.5%; with more nothing is loaded.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MaxErrors { get; set; }

    /// <summary>The folder for rows that are set aside; without it that of the file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? QuarantinePath { get; set; }

    /// <summary>Sessions that load at once, or auto.</summary>
    [Parameter]
    [ValidatePattern("^(auto|[1-9][0-9]?)$")]
    public string Parallel { get; set; } = "1";

    /// <summary>Commit as it goes on; an import that is cut off goes on where it was when the same files are imported again.</summary>
    [Parameter]
    public SwitchParameter Batch { get; set; }

    /// <summary>Bytes of text in one commit.</summary>
    [Parameter]
    [ValidateRange(1024 * 1024, long.MaxValue)]
    public long BatchSize { get; set; } = 64 * 1024 * 1024;

    [Parameter]
    public char? Delimiter { get; set; }

    [Parameter]
    public char? Quote { get; set; }

    /// <summary>The sign before a quote inside quotes; without it the quote itself.</summary>
    [Parameter]
    public char? Escape { get; set; }

    /// <summary>An unquoted value that reads so is NULL; without it an empty one.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? NullText { get; set; }

    /// <summary>UTF8, UTF-16, WIN1252, SJIS and so on; found out when it is UTF-8 or has a byte order mark.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Encoding { get; set; }

    /// <summary>The most that the text of a compressed file may be, in sizes of the file; less than 1 GB of text is never too much.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxExpansion { get; set; } = 1100;

    /// <summary>The first line is a row; the values are the table's columns in order.</summary>
    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    /// <summary>How dates such as 01/02/2024 are read; without it they are refused.</summary>
    [Parameter]
    [ValidateSet("YMD", "DMY", "MDY")]
    public string? DateStyle { get; set; }

    /// <summary>For times without a zone; without it the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <summary>Triggers of the table take rows away or add some, and that is meant.</summary>
    [Parameter]
    public SwitchParameter SkipRowCount { get; set; }

    [Parameter]
    public SwitchParameter SkipAnalyze { get; set; }

    /// <summary>Empty the table without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Where an import that commits in parts keeps its account; without it the project's, and outside a project the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    private protected override IActivity DatabaseActivity => _heard ??= new ImportActivity(Activity);

    protected override void Begin()
    {
        Unused(nameof(MaxErrors), IsQuarantine, "-OnError Quarantine");
        Unused(nameof(QuarantinePath), IsQuarantine, "-OnError Quarantine");
        Unused(nameof(Key), IsUpsert, "-Mode Upsert");
        Unused(nameof(DuplicateKey), IsUpsert, "-Mode Upsert");
        Unused(nameof(BatchSize), Batch, "-Batch");
        Unused(nameof(ColumnMap), !NoHeader, "a header, and with -NoHeader there is none");
        Unused(nameof(IgnoreColumn), !NoHeader, "a header, and with -NoHeader there is none");
    }

    protected override void Execute()
    {
        if (ParameterSetName == ByLiteralPath) _files.AddRange(LiteralPath.Select(SessionState.Path.GetUnresolvedProviderPathFromPSPath));
        else _files.AddRange(Path.SelectMany(FilesOf));
    }

    protected override void Finish()
    {
        if (_files.Count == 0) return;
        // a.csv, *.csv names a.csv twice and means it once.
        _files = [.. _files.Distinct(StringComparer.Ordinal)];
        var importer = new TableImporter(Database, Activity, TimeProvider.System);
        var plan = Await((_, stop) => importer.PlanAsync(Request(), stop));
        foreach (var note in plan.Notes.Where(note => note != plan.Unfrozen)) WriteVerbose(note);
        var what = $"{(plan.Mode == ImportMode.Truncate ? "Empty and load" : "Load")} {plan.Table} in {plan.Target} from {(_files.Count == 1 ? _files[0] : $"{_files.Count} files")}";
        if (!ShouldProcess(what, what + "?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plan);
            return;
        }

        if (plan.Mode == ImportMode.Truncate && !IsAnswered && !AskToContinue(what)) return;
        if (plan.Unfrozen is { } unfrozen) WriteInformation(new HostInformationMessage { Message = unfrozen }, ["PSHOST", "Migrations"]);
        WriteObject(Await((_, stop) => importer.RunAsync(plan, stop)));
    }

    private bool IsQuarantine => string.Equals(OnError, "Quarantine", StringComparison.OrdinalIgnoreCase);

    private bool IsUpsert => string.Equals(Mode, "Upsert", StringComparison.OrdinalIgnoreCase);

    /// <summary>A choice that changes nothing was meant to: who limits the errors believes that bad rows are set aside.</summary>
    private void Unused(string parameter, bool isUsed, string needed)
    {
        if (isUsed || !MyInvocation.BoundParameters.ContainsKey(parameter)) return;
        throw new EngineException("ImportChoiceUnused", FailureKind.InvalidInput, $"-{parameter} needs {needed}. Nothing was changed.", $"Say both, or leave -{parameter} out.", parameter);
    }

    /// <summary>All files are one transaction, so a pattern without a file refuses all of them: half of what was meant would look like all of it.</summary>
    private IReadOnlyCollection<string> FilesOf(string pattern)
    {
        var found = SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out _);
        return found.Count > 0 ? found : throw new EngineException("ImportFileNotFound", FailureKind.NotFound,
            $"No file has a name like {pattern}. Nothing was imported, of other files neither.", "Correct the pattern; a name that holds [ or * itself goes to -LiteralPath. Where no file is no mistake: Get-ChildItem PATTERN | Import-Table.", pattern);
    }

    /// <summary>-Confirm, said either way, is an answer to the question whether the table may be emptied.</summary>
    private bool IsAnswered => Force || MyInvocation.BoundParameters.ContainsKey("Confirm");

    private bool AskToContinue(string what) => ShouldContinue($"{what}? All rows that are in the table now go.", "Confirm");

    private ImportRequest Request() => new()
    {
        Table = Table,
        Files = _files,
        Csv = new CsvChoices(Delimiter, Quote, Escape, NullText, Encoding, !NoHeader) { MaxExpansion = MaxExpansion },
        ColumnMap = ColumnMap.Cast<DictionaryEntry>().ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}"),
        IgnoredColumns = IgnoreColumn,
        Mode = Enum.Parse<ImportMode>(Mode, ignoreCase: true),
        Key = Key,
        DuplicateKey = Enum.Parse<DuplicateKey>(DuplicateKey, ignoreCase: true),
        Quarantines = IsQuarantine,
        QuarantineFolder = QuarantinePath is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(QuarantinePath),
        MaxErrors = MaxErrors is null ? RejectLimit.None : RejectLimit.Parse(MaxErrors),
        Streams = string.Equals(Parallel, "auto", StringComparison.OrdinalIgnoreCase) ? 0 : int.Parse(Parallel, CultureInfo.InvariantCulture),
        Batches = Batch,
        BatchSize = BatchSize,
        DateStyle = DateStyle?.ToUpperInvariant(),
        TimeZone = TimeZone,
        SkipsRowCount = SkipRowCount,
        SkipsAnalyze = SkipAnalyze,
        History = HistorySelection.Of(this, null, HistorySchema),
    };
}
