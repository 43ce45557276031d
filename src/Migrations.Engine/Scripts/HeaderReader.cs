using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>Reads the header of a script file.</summary>
internal static partial class HeaderReader
{
    private const string KeyAdvice = "A header is lines of '-- key: value' up to the first line that is no comment; put other comments after an empty line.";

    /// <summary>The header and the offset behind it; <see cref="ScriptHeader.None"/> when the first line is not <c>-- migration: TITLE</c>.</summary>
    /// <exception cref="ScriptException">An unknown or repeated key, a value that makes no sense, a line that is no entry.</exception>
    public static (ScriptHeader Header, int End) Read(SourceFile file)
    {
        if (!file.Text.StartsWith("--", StringComparison.Ordinal)) return (ScriptHeader.None, 0);

        var position = file.At(0);
        if (Entry().Match(position.LineText) is not { Success: true } first || !IsKey(first, "migration")) return (ScriptHeader.None, 0);

        var title = new HeaderEntry("migration", first.Groups["value"].Value, position);
        if (title.Value.Length == 0)
            throw Wrong("HeaderValueInvalid", "The title is missing.", "Write what the script is for: -- migration: TITLE.", title.Position);

        var entries = new List<HeaderEntry> { title };
        var end = NextLine(file.Text, 0);
        for (; end < file.Text.Length; end = NextLine(file.Text, end))
        {
            position = file.At(end);
            var line = position.LineText;
            if (!line.StartsWith("--", StringComparison.Ordinal) || Directive.Match(line) is { IsMarker: true }) break;
            if (line.AsSpan(2).IsWhiteSpace() || Directive.Match(line) is not null) continue;
            entries.Add(EntryOf(position, entries));
        }

        return (HeaderValues.Read(entries), end);
    }

    private static HeaderEntry EntryOf(SourcePosition position, List<HeaderEntry> before)
    {
        var match = Entry().Match(position.LineText);
        if (!match.Success) throw Wrong("HeaderLineInvalid", "This line of the header is not '-- key: value'.", KeyAdvice, position);

        var key = match.Groups["key"].Value.ToLowerInvariant();
        position = position with { Column = match.Groups["key"].Index + 1 };
        if (!HeaderValues.Keys.Contains(key))
            throw Wrong("HeaderKeyUnknown", $"'{key}' is not a key of the header.{NearestName.Suggest(key, HeaderValues.Keys)}",
                $"The keys are {string.Join(", ", HeaderValues.Keys)}. {KeyAdvice}", position);
        if (before.Find(e => e.Key == key) is { } earlier)
            throw Wrong("HeaderKeyDuplicate", $"'{key}' is there twice; the first is in line {earlier.Position.Line}.", "Keep one of them.", position);
        return new HeaderEntry(key, match.Groups["value"].Value, position);
    }

    private static int NextLine(string text, int offset) => text.IndexOf('\n', offset) is >= 0 and var end ? end + 1 : text.Length;

    private static bool IsKey(Match match, string key) => match.Groups["key"].ValueSpan.Equals(key, StringComparison.OrdinalIgnoreCase);

    private static ScriptException Wrong(string id, string message, string advice, SourcePosition position) =>
        new(id, FailureKind.Syntax, message, advice, position);

    [GeneratedRegex(@"^--\s*(?<key>[A-Za-z][A-Za-z0-9_-]*)\s*:\s*(?<value>.*?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
