namespace Migrations.Engine.Scripts;

/// <summary>The keys of a header and what their values may be.</summary>
internal static class HeaderValues
{
    /// <summary>Every key but the title's.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "author", "ticket", "description", "requires", "tags", "transaction", "lock-timeout", "statement-timeout",
        "run-as", "search-path", "irreversible", "risk", "line-ends", "replaces",
    ];

    /// <summary>Changing these changes nothing of what a script does, so they stay out of the token hash.</summary>
    public static bool IsProse(string key) => key is "migration" or "author" or "ticket" or "description";

    public static ScriptHeader Read(IReadOnlyList<HeaderEntry> entries)
    {
        var header = new ScriptHeader { Entries = entries };
        foreach (var entry in entries)
        {
            if (entry.Value.Length > 0) header = Apply(header, entry);
            // The template's lines for people may stay empty; a key that decides something may not.
            else if (!IsProse(entry.Key)) throw Invalid(entry, "a value", "Give it one, or take the line out.");
        }

        return header;
    }

    private static ScriptHeader Apply(ScriptHeader header, HeaderEntry entry) => entry.Key switch
    {
        "migration" => header with { Title = entry.Value },
        "author" => header with { Author = entry.Value },
        "ticket" => header with { Ticket = entry.Value },
        "description" => header with { Description = entry.Value },
        "requires" => header with { Requires = Words(entry) },
        "tags" => header with { Tags = Words(entry) },
        "transaction" => header with { Transaction = OneOf<TransactionMode>(entry) },
        "lock-timeout" => header with { LockTimeout = Limit(entry) },
        "statement-timeout" => header with { StatementTimeout = Limit(entry) },
        "run-as" => header with { RunAs = Names(entry) is [var role] ? role : throw Invalid(entry, "the name of one role", NameAdvice) },
        "search-path" => header with { SearchPath = Names(entry) },
        "irreversible" => header with { Irreversible = entry.Value },
        "risk" => header with { Risk = OneOf<RiskLevel>(entry) },
        "line-ends" => header with { LineEnds = OneOf<LineEnds>(entry) },
        "replaces" => header with { Replaces = ReplacedScripts.TryParse(entry.Value) ?? throw Invalid(entry, "versions in their order, the last with its token hash (001, 002, 003=9f86d0...)", "New-Migration -Squash writes this line.") },
        _ => throw new InvalidOperationException($"The key {entry.Key} is listed and not read."),
    };

    private const string NameAdvice = "Write names as in SQL: lower case, or in double quotes.";

    private static string[] Words(HeaderEntry entry) =>
        entry.Value.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IReadOnlyList<string> Names(HeaderEntry entry) =>
        NameList.Parse(entry.Value) ?? throw Invalid(entry, "a list of names", NameAdvice);

    private static TimeSpan Limit(HeaderEntry entry) =>
        Duration.TryParse(entry.Value, out var limit) ? limit : throw Invalid(entry, "a time limit", Duration.Advice);

    private static T OneOf<T>(HeaderEntry entry) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        if (names.Contains(entry.Value.ToLowerInvariant())) return Enum.Parse<T>(entry.Value, ignoreCase: true);
        throw Invalid(entry, $"one of {string.Join(", ", names)}", $"Write '-- {entry.Key}: {names[0]}', or one of the others.{NearestName.Suggest(entry.Value, names)}");
    }

    private static ScriptException Invalid(HeaderEntry entry, string expected, string advice) =>
        new("HeaderValueInvalid", FailureKind.Syntax, $"'{entry.Key}' needs {expected}, not '{entry.Value}'.", advice, entry.Position);
}
