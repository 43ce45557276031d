namespace Migrations.Engine.Scripts;

/// <summary>A line such as <c>-- migrate:down transaction:false</c>.</summary>
internal sealed record SectionMarker(SectionKind Kind, IReadOnlyList<(string Key, string Value)> Options)
{
    private static readonly string[] s_sections = ["up", "down", "check", "verify"];
    private static readonly string[] s_keys = ["transaction", "lock-timeout", "statement-timeout"];

    /// <param name="arguments">What stands behind <c>migrate:</c>.</param>
    /// <exception cref="ScriptException"><c>SectionUnknown</c> or <c>MarkerOptionInvalid</c>: a typo must not turn a down into an up.</exception>
    public static SectionMarker Parse(string arguments, SourcePosition position)
    {
        var words = arguments.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var section = words.Length == 0 ? "" : words[0].ToLowerInvariant();
        if (!s_sections.Contains(section))
        {
            throw new ScriptException("SectionUnknown", FailureKind.Syntax, $"'{section}' is not a section.{NearestName.Suggest(section, s_sections)}",
                "The markers are -- migrate:up, -- migrate:down, -- migrate:check and -- migrate:verify.", position);
        }

        return new SectionMarker(Enum.Parse<SectionKind>(section, ignoreCase: true), [.. words.Skip(1).Select(word => Option(word, position))]);
    }

    public SectionSettings Apply(SectionSettings settings, SourcePosition position)
    {
        foreach (var (key, value) in Options)
        {
            settings = key switch
            {
                "transaction" => settings with { Transaction = Mode(value, position) },
                "lock-timeout" => settings with { LockTimeout = Limit(value, position) },
                _ => settings with { StatementTimeout = Limit(value, position) },
            };
        }

        return settings;
    }

    private static (string Key, string Value) Option(string word, SourcePosition position)
    {
        var cut = word.IndexOf(':', StringComparison.Ordinal);
        var key = cut < 0 ? word : word[..cut].ToLowerInvariant();
        if (cut < 0 || !s_keys.Contains(key)) throw Invalid($"'{word}' is not an option of a marker.{NearestName.Suggest(key, s_keys)}", position);
        return (key, word[(cut + 1)..].ToLowerInvariant());
    }

    private static TransactionMode Mode(string value, SourcePosition position) => value switch
    {
        // dbmate's spelling.
        "true" => TransactionMode.Always,
        "false" => TransactionMode.Never,
        "auto" => TransactionMode.Auto,
        "always" => TransactionMode.Always,
        "never" => TransactionMode.Never,
        _ => throw Invalid($"'{value}' is neither true nor false.", position),
    };

    private static TimeSpan Limit(string value, SourcePosition position) =>
        Duration.TryParse(value, out var limit) ? limit : throw Invalid($"'{value}' is no time limit.", position);

    private static ScriptException Invalid(string message, SourcePosition position) =>
        new("MarkerOptionInvalid", FailureKind.Syntax, message, "The options are transaction:true, transaction:false, lock-timeout:2s and statement-timeout:5min.", position);
}
