using System.Globalization;

namespace Migrations.Engine.Connection;

/// <summary>The settings of one connection under libpq's names, first come first kept, and how their values are read.</summary>
internal sealed class SettingBag
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _ignored = [];

    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Takes what is not there yet. Within one source the last mention wins, as in libpq.</summary>
    /// <param name="source">What an error names: "the connection text", "the service file", "PGSSLMODE".</param>
    public void AddMissing(IEnumerable<ConnectionSetting> settings, string source)
    {
        var layer = new Dictionary<string, string>(StringComparer.Ordinal);
        var secretSeen = false;
        foreach (var setting in settings)
        {
            var keyword = ConnectionKeywords.Find(setting.Keyword) ?? throw Unknown(setting, secretSeen, source);
            secretSeen |= keyword.IsSecret;
            if (keyword.Use == KeywordUse.Ignored) _ignored.Add(keyword.Name);
            else if (keyword.Use == KeywordUse.Refused) Refuse(keyword, setting.Value, source);
            else layer[keyword.Name] = setting.Value;
        }

        foreach (var (name, value) in layer) _values.TryAdd(name, value);
    }

    public void AddVariables(Func<string, string?> variable)
    {
        foreach (var keyword in ConnectionKeywords.All)
        {
            if (keyword.Variable is null || variable(keyword.Variable) is not { } value) continue;
            if (keyword.Use == KeywordUse.Refused) Refuse(keyword, value, keyword.Variable);
            else _values.TryAdd(keyword.Name, value);
        }
    }

    /// <summary>The value; null when it is missing or empty, which in libpq both mean the default.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public int? Number(string name)
    {
        if (Text(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad(name, "is no whole number", "Write digits only.");
    }

    public bool? Flag(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => throw Bad(name, "is neither true nor false", "Write true or false."),
    };

    /// <summary>One of the listed words; hyphens, underscores, blanks and case do not matter, so Npgsql's VerifyFull is libpq's verify-full.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        if (Text(name) is not { } text) return null;
        var folded = string.Concat(text.Where(char.IsAsciiLetterOrDigit));
        foreach (var (word, choice) in choices)
        {
            if (string.Equals(folded, word.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) return choice;
        }

        throw Bad(name, $"cannot be \"{text}\"", $"Use {string.Join(", ", choices.Keys)}.");
    }

    public static ConnectionTextException Bad(string name, string fault, string advice) =>
        ConnectionTextException.BadValue($"The connection setting {name} {fault}.", advice);

    private static void Refuse(ConnectionKeyword keyword, string value, string source)
    {
        if (value.Length == 0 || keyword.Harmless?.Contains(value, StringComparer.OrdinalIgnoreCase) == true) return;
        throw ConnectionTextException.Unsupported($"The connection setting {keyword.Name} ({source}) is not supported.", keyword.Reason!);
    }

    private static ConnectionTextException Unknown(ConnectionSetting setting, bool secretSeen, string source)
    {
        // An unquoted password with a blank and an = in it leaves its second half here, where a keyword is expected.
        var nearest = ConnectionKeywords.Nearest(setting.Keyword);
        var message = secretSeen
            ? $"At character {setting.Position + 1} of {source} stands an unknown keyword; it is not shown because it follows a password."
            : $"\"{setting.Keyword}\" in {source} is no connection keyword.";
        var advice = secretSeen || nearest is null
            ? "Check the spelling, and quote a value that holds blanks, semicolons or ampersands."
            : $"Did you mean {nearest}?";
        return new ConnectionTextException("ConnectionKeywordUnknown", message, advice);
    }
}
