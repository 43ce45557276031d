using Benchmarks.Runner;

namespace Benchmarks.Tables.Contenders;

/// <summary>The measure: \copy of psql, of the clean file.</summary>
internal sealed class PsqlImport(ImportFiles files) : ITableContender
{
    private readonly CommandLineProgram _psql = new("psql");

    public string Name => @"psql \copy";

    public string Timed => "one process";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => _psql.AskVersionAsync("--version", text => text.Split(' ')[2], ct);

    public Task RunAsync(EventTable table, string folder, CancellationToken ct) =>
        _psql.RunAsync(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", $@"\copy {ImportTarget.Name} from '{files.Clean}' (format csv, header)"], table.Target.Environment, folder, ct);

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => ImportTarget.CheckAsync(table, files.Rows, ct);
}
