namespace Benchmarks;

/// <summary>The words of a command line: names and values by turns.</summary>
internal static class OptionWords
{
    /// <param name="with">The options with one more of them set; null: there is no such option.</param>
    public static T Read<T>(IReadOnlyList<string> words, T options, Func<T, string, string, T?> with)
        where T : class
    {
        for (var i = 0; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
                throw new ArgumentException($"{words[i]} needs a value.");
            options = with(options, words[i], words[i + 1]) ?? throw new ArgumentException($"{words[i]} is not an option.");
        }
        return options;
    }

    public static int Positive(string value) =>
        int.TryParse(value, out var number) && number > 0
            ? number
            : throw new ArgumentException($"'{value}' is not a number above 0.");
}
