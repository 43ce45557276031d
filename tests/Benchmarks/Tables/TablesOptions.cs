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
          --parts export,import
          --server 18            the PostgreSQL major of the sandbox
          --connection TEXT      an Npgsql connection string of a server to use instead of a sandbox; databases are created there
        """;

    public bool Has(string part) => Parts is null || Parts.Contains(part, StringComparer.OrdinalIgnoreCase);

    public static TablesOptions Parse(IReadOnlyList<string> words)
    {
        var options = new TablesOptions();
        for (var i = 0; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
                throw new ArgumentException($"{words[i]} needs a value.");
            var value = words[i + 1];
            options = words[i] switch
            {
                "--pairs" => options with { Pairs = Positive(value) },
                "--megabytes" => options with { Megabytes = Positive(value) },
                "--parts" => options with { Parts = value.Split(',') },
                "--server" => options with { Server = Positive(value) },
                "--connection" => options with { Connection = value },
                var unknown => throw new ArgumentException($"{unknown} is not an option."),
            };
        }
        return options;
    }

    private static int Positive(string value) =>
        int.TryParse(value, out var number) && number > 0
            ? number
            : throw new ArgumentException($"'{value}' is not a number above 0.");
}
