namespace Benchmarks.Runner;

/// <param name="Only">Names of the contenders to compare with; null: all that are installed.</param>
/// <param name="Parts">Which parts to run; null: all.</param>
/// <param name="Server">The major version of the sandbox; null: the first one found.</param>
internal sealed record RunnerOptions(
    int Pairs = 7, int Scripts = 300, int AppliedScripts = 1000, IReadOnlyList<string>? Only = null,
    IReadOnlyList<string>? Parts = null, int? Server = null, string? Connection = null)
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/Benchmarks -- runner [options]
          --pairs 7              runs of each pair, alternating
          --scripts 300          scripts of four statements each
          --applied 1000         scripts of the run that finds nothing to do
          --only psql,dbmate     compare with these only: psql, dbmate, alembic, sqitch, dbup, evolve, grate
          --parts loopback,proxy,chain,noop
          --server 18            the PostgreSQL major of the sandbox
          --connection TEXT      an Npgsql connection string of a server to use instead of a sandbox; databases are created there
        """;

    public bool Compares(string contender) => Only is null || Only.Contains(contender, StringComparer.OrdinalIgnoreCase);

    public bool Has(string part) => Parts is null || Parts.Contains(part, StringComparer.OrdinalIgnoreCase);

    public static RunnerOptions Parse(IReadOnlyList<string> words) => OptionWords.Read(words, new RunnerOptions(), (options, name, value) => name switch
    {
        "--pairs" => options with { Pairs = OptionWords.Positive(value) },
        "--scripts" => options with { Scripts = OptionWords.Positive(value) },
        "--applied" => options with { AppliedScripts = OptionWords.Positive(value) },
        "--only" => options with { Only = value.Split(',') },
        "--parts" => options with { Parts = value.Split(',') },
        "--server" => options with { Server = OptionWords.Positive(value) },
        "--connection" => options with { Connection = value },
        _ => null,
    });
}
