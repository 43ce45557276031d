using Benchmarks.Runner;

namespace Benchmarks.Tables.Contenders;

/// <summary>The measure: \copy of psql.</summary>
internal sealed class PsqlExport(ExportedText text) : ITableContender
{
    private readonly CommandLineProgram _psql = new("psql");

    public string Name => @"psql \copy";

    public string Timed => "one process, to a file, without fsync";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => _psql.AskVersionAsync("--version", text => text.Split(' ')[2], ct);

    public Task RunAsync(EventTable table, string folder, CancellationToken ct) =>
        _psql.RunAsync(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", $@"\copy {EventTable.Name} to 'psql.csv' (format csv, header)"],
            new Dictionary<string, string>(table.Target.Environment) { ["PGTZ"] = "UTC" }, folder, ct);

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => text.CheckAsync(Path.Join(folder, "psql.csv"), ct);
}
