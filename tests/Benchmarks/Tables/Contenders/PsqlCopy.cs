using Benchmarks.Runner;

namespace Benchmarks.Tables.Contenders;

/// <summary>The measure: \copy of psql.</summary>
/// <param name="copy">Behind the backslash.</param>
internal sealed class PsqlCopy(string copy, string timed, Func<EventTable, string, CancellationToken, Task> check) : ITableContender
{
    private readonly CommandLineProgram _psql = new("psql");

    public string Name => @"psql \copy";

    public string Timed => timed;

    public double? Bound => null;

    public static PsqlCopy Exporting(ExportedText text) => new($"copy {EventTable.Name} to 'psql.csv' (format csv, header)", "one process, to a file, without fsync",
        (_, folder, ct) => text.CheckAsync(Path.Join(folder, "psql.csv"), ct));

    public static PsqlCopy Importing(ImportFiles files) => new($"copy {ImportTarget.Name} from '{files.Clean}' (format csv, header)", "one process",
        (table, _, ct) => ImportTarget.CheckAsync(table, files.Rows, ct));

    public Task<string?> FindVersionAsync(CancellationToken ct) => _psql.AskVersionAsync("--version", text => text.Split(' ')[2], ct);

    public Task RunAsync(EventTable table, string folder, CancellationToken ct) =>
        _psql.RunAsync(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", $@"\{copy}"], new Dictionary<string, string>(table.Target.Environment) { ["PGTZ"] = "UTC" }, folder, ct);

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => check(table, folder, ct);
}
