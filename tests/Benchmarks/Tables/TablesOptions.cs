namespace Benchmarks.Tables;

/// <param name="Megabytes">Of CSV text that the table makes, about.</param>
/// <param name="Parts">Which parts to run; null: all.</param>
/// <param name="Server">The major version of the sandbox; null: the first one found.</param>
internal sealed record TablesOptions(int Pairs = 7, int Megabytes = 380, IReadOnlyList<string>? Parts = null, int? Server = null, string? Connection = null)
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/Benchmarks -- tables [options]
          --pairs 7              rounds; each contender runs once in each
          --megabytes 380        of CSV, about
          --parts export,import,pgloader,memory
          --server 18            the PostgreSQL major of the sandbox
          --connection TEXT      an Npgsql connection string of a server to use instead of a sandbox; databases are created there
        """;

    public bool Has(string part) => Parts is null || Parts.Contains(part, StringComparer.OrdinalIgnoreCase);

    public static TablesOptions Parse(IReadOnlyList<string> words) => OptionWords.Read(words, new TablesOptions(), (options, name, value) => name switch
    {
        "--pairs" => options with { Pairs = OptionWords.Positive(value) },
        "--megabytes" => options with { Megabytes = OptionWords.Positive(value) },
        "--parts" => options with { Parts = value.Split(',') },
        "--server" => options with { Server = OptionWords.Positive(value) },
        "--connection" => options with { Connection = value },
        _ => null,
    });
}
