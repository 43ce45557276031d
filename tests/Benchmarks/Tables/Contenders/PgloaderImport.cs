using Benchmarks.Runner;

namespace Benchmarks.Tables.Contenders;

/// <summary>pgloader on its own defaults, told how the file is written.</summary>
internal sealed class PgloaderImport(ImportFiles files) : ITableContender
{
    private readonly CommandLineProgram _pgloader = new("pgloader");

    public string Name => "pgloader";

    public string Timed => "one process";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => _pgloader.AskVersionAsync("--version", text => text.Split('"')[1], ct);

    public Task RunAsync(EventTable table, string folder, CancellationToken ct) => _pgloader.RunAsync(
        [
            "--no-ssl-cert-verification", "--type", "csv", "--with", "skip header = 1", "--with", "fields terminated by ','", "--with", "fields optionally enclosed by '\"'",
            "--with", "fields escaped by double-quote", "--with", "csv header",
            files.Clean, $"pgsql://{table.Target.Authority}?sslmode=disable&tablename={ImportTarget.Name}",
        ], table.Target.Environment, folder, ct);

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => ImportTarget.CheckAsync(table, files.Rows, ct);
}
