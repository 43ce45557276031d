using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>Reads a <c>sqitch.plan</c>: the order of the changes, what they require, and where their files are.</summary>
internal sealed partial class SqitchPlan
{
    public const string FileName = "sqitch.plan";

    private readonly SourceFile _file;
    private readonly List<SqitchChange> _changes = [];
    private readonly List<(string Tag, int Behind)> _tags = [];
    private readonly HashSet<string> _sinceTag = new(StringComparer.Ordinal);
    private string _project = "";
    private int _offset;

    private SqitchPlan(SourceFile file) => _file = file;

    /// <exception cref="ScriptException"><c>SqitchPlanInvalid</c>, <c>RequiresUnknown</c>.</exception>
    public static IReadOnlyList<SqitchChange> Read(SourceFile file)
    {
        var plan = new SqitchPlan(file);
        foreach (var line in file.Text.Split('\n'))
        {
            plan.Take(line.TrimEnd('\r'));
            plan._offset += line.Length + 1;
        }

        return plan._changes;
    }

    private void Take(string line)
    {
        if (line.AsSpan().Trim() is [] or ['#', ..]) return;
        if (Pragma().Match(line) is { Success: true } pragma)
        {
            if (pragma.Groups["name"].Value == "project") _project = pragma.Groups["value"].Value;
            return;
        }

        if (Entry().Match(line) is not { Success: true } entry) throw Invalid("This is no line of a sqitch plan.", "Write the plan with sqitch add, tag and rework.");
        var name = entry.Groups["name"].Value;
        if (entry.Groups["tag"].Success)
        {
            _tags.Add((name, _changes.Count));
            _sinceTag.Clear();
            return;
        }

        if (!_sinceTag.Add(name)) throw Invalid($"The change '{name}' is there twice, with no tag between.", "Tag before you rework: sqitch tag, then sqitch rework.");
        Rework(name);
        var (requires, wanted) = (new List<SqitchChange>(), entry.Groups["depends"].Value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        foreach (var word in wanted)
        {
            var found = Find(word.TrimStart('!'));
            if (!word.StartsWith('!')) requires.Add(found ?? throw Unknown(name, word));
            else if (found is not null) throw Invalid($"'{name}' conflicts with '{found.Name}', which comes before it.", "sqitch would refuse to deploy it, too: take one of them out of the plan.");
        }

        _changes.Add(new SqitchChange(name, VersionOf(entry.Groups["time"].Value), entry.Groups["note"].Value.Trim(), requires));
    }

    /// <summary>The earlier one keeps its text in a file that bears the tag behind it.</summary>
    private void Rework(string name)
    {
        var earlier = _changes.FindLastIndex(c => c.Name == name);
        if (earlier >= 0) _changes[earlier] = _changes[earlier].Reworked([.. _tags.Where(t => t.Behind > earlier).Select(t => t.Tag)]);
    }

    /// <summary>
    /// The time at which the change was planned: it stays when others are added before. One that is not later than the change before it (two in one
    /// second, a merge) gets that one's version and a further number, so that the order of the plan is the order of the versions.
    /// </summary>
    private string VersionOf(string time)
    {
        var stamp = string.Concat(time.Where(char.IsAsciiDigit));
        if (_changes.Count == 0) return stamp;
        var before = _changes[^1].Version;
        if (ScriptVersion.Parse(stamp) > ScriptVersion.Parse(before)) return stamp;
        var pieces = before.Split('.');
        return pieces is [var whole, var last] ? $"{whole}.{int.Parse(last, CultureInfo.InvariantCulture) + 1}" : before + ".1";
    }

    private SqitchChange? Find(string word)
    {
        if (_project.Length > 0 && word.StartsWith(_project + ":", StringComparison.Ordinal)) word = word[(_project.Length + 1)..];
        var cut = word.IndexOf('@', StringComparison.Ordinal);
        if (cut < 0) return _changes.FindLast(c => c.Name == word);

        var tag = _tags.Find(t => t.Tag == word[(cut + 1)..]);
        if (tag.Tag is null) return null;
        return cut == 0 ? _changes[tag.Behind - 1] : _changes.Take(tag.Behind).LastOrDefault(c => c.Name == word[..cut]);
    }

    private ScriptException Unknown(string name, string word) => new("RequiresUnknown", FailureKind.NotFound,
        $"'{name}' requires '{word}', and the plan has no such change before it.",
        word.Contains(':', StringComparison.Ordinal) ? "Changes of another project cannot be required here: run that project first, and take the word out." : "Correct the plan.", _file.At(_offset));

    private ScriptException Invalid(string message, string advice) => new("SqitchPlanInvalid", FailureKind.Syntax, message, advice, _file.At(_offset));

    [GeneratedRegex(@"^\s*%\s*(?<name>[^\s=]+)\s*(?:=\s*(?<value>.*?))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Pragma();

    [GeneratedRegex(@"^\s*(?:(?<tag>@)|\+)?\s*(?<name>[^\s@:#\[\]!%\\][^\s@:#\[\]\\]*)(?:\s+\[(?<depends>[^\]]*)\])?\s+(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s+[^<]+<[^>]+>\s*(?:#(?<note>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
