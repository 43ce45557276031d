using Benchmarks.Runner;

namespace Benchmarks.Tables.Contenders;

/// <summary>pgloader on its own defaults, told how the file is written.</summary>
internal sealed class PgloaderImport(ImportFiles files) : ITableContender
{
    private const string Columns = "id, user_id, occurred_at, event_type, note, amount, props";

    private readonly CommandLineProgram _pgloader = new("pgloader");

    public string Name => "pgloader";

    public string Timed => "one process, from a command file";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => _pgloader.AskVersionAsync("--version", text => text.Split('"')[1], ct);

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        // From its command line it loads no row of such a file, and does not say why.
        var commands = Path.Join(folder, "pgloader.load");
        await File.WriteAllTextAsync(commands,
            $"""
            LOAD CSV
                FROM '{files.Clean}' WITH ENCODING UTF-8 ({Columns.Replace("note", "note [null if blanks]", StringComparison.Ordinal).Replace("amount", "amount [null if blanks]", StringComparison.Ordinal)})
                INTO postgresql://{table.Target.Authority}?tablename={ImportTarget.Name} ({Columns})
                WITH skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote, fields terminated by ','
                SET client_encoding to 'utf8';

            """, ct);
        await _pgloader.RunAsync(["--no-ssl-cert-verification", commands], table.Target.Environment, folder, ct);
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => ImportTarget.CheckAsync(table, files.Rows, ct);
}
