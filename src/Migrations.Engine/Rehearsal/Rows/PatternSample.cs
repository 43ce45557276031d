using System.Text;

namespace Migrations.Engine.Rehearsal;

/// <summary>Strings that a regular expression of PostgreSQL accepts, for the plain forms that checks are written in. What it does not know it leaves out.</summary>
internal sealed class PatternSample
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";
    private const string Any = Letters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + Digits + "-_. ";

    private readonly string _pattern;
    private int _at;
    private uint _state;
    private readonly int _extra;

    private PatternSample(string pattern, int variant)
    {
        _pattern = pattern;
        _state = (uint)(variant + 1) * 2654435761u;
        _extra = variant % 4;
    }

    /// <summary>Up to so many different ones, always the same for the same pattern.</summary>
    public static IEnumerable<string> Of(string pattern, int count)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var variant = 0; variant < count * 2 && seen.Count < count; variant++)
        {
            var sample = new PatternSample(pattern, variant).Write();
            if (sample is null) yield break;
            if (seen.Add(sample)) yield return sample;
        }
    }

    /// <summary>The same for LIKE.</summary>
    public static IEnumerable<string> OfLike(string pattern, int count) =>
        Enumerable.Range(0, count).Select(i => pattern.Replace("%", i == 0 ? "" : $"{i}", StringComparison.Ordinal).Replace('_', Letters[i % Letters.Length])).Distinct();

    private string? Write()
    {
        try
        {
            // Embedded options such as (?i) change what the rest means.
            if (_pattern.StartsWith("***", StringComparison.Ordinal)) return null;
            var text = Alternatives();
            return _at == _pattern.Length ? text : null;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private string Alternatives()
    {
        var all = new List<string> { Sequence() };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            all.Add(Sequence());
        }

        return all[Pick(all.Count)];
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var from = _at;
            var first = Atom();
            var (least, most) = Quantifier();
            var after = _at;
            var times = least + Math.Min(_extra == 3 ? Pick(most - least + 1) : _extra, most - least);
            for (var i = 0; i < times; i++)
            {
                if (i == 0)
                {
                    text.Append(first);
                    continue;
                }

                // Again, for other characters out of the same class.
                _at = from;
                text.Append(Atom());
            }

            _at = after;
        }

        return text.ToString();
    }

    private string Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return "";
            case '.':
                return One(Any);
            case '(':
                if (Next("?:")) _at += 2;
                else if (Next("?")) throw new NotSupportedException();
                var inner = Alternatives();
                if (!Next(")")) throw new NotSupportedException();
                _at++;
                return inner;
            case '[':
                return One(Class());
            case '\\':
                return Escape();
            case '*' or '+' or '?' or '{':
                throw new NotSupportedException();
            default:
                return c.ToString();
        }
    }

    private string Escape()
    {
        if (_at == _pattern.Length) throw new NotSupportedException();
        var c = _pattern[_at++];
        return c switch
        {
            'd' => One(Digits),
            'w' => One(Letters + Digits + "_"),
            's' => " ",
            'A' or 'Z' or 'm' or 'M' or 'y' => "",
            _ when char.IsAsciiLetterOrDigit(c) => throw new NotSupportedException(),
            _ => c.ToString(),
        };
    }

    private string Class()
    {
        var negated = Next("^");
        if (negated) _at++;
        var set = new StringBuilder();
        for (var first = true; first || !Next("]"); first = false)
        {
            if (_at >= _pattern.Length) throw new NotSupportedException();
            if (Next("[:"))
            {
                var end = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
                if (end < 0) throw new NotSupportedException();
                set.Append(Named(_pattern[(_at + 2)..end]));
                _at = end + 2;
                continue;
            }

            var from = Member(set);
            if (from is null) continue;
            if (Next("-") && _at + 1 < _pattern.Length && _pattern[_at + 1] != ']')
            {
                _at++;
                var to = Member(set) ?? throw new NotSupportedException();
                for (var c = from.Value; c <= to && c - from.Value < 200; c++) set.Append(c);
                continue;
            }

            set.Append(from);
        }

        _at++;
        var members = set.ToString();
        var chosen = negated ? new string([.. Any.Where(c => !members.Contains(c))]) : members;
        return chosen.Length > 0 ? chosen : throw new NotSupportedException();
    }

    private char? Member(StringBuilder set)
    {
        var c = _pattern[_at++];
        if (c != '\\' || _at == _pattern.Length) return c;
        var escaped = _pattern[_at++];
        switch (escaped)
        {
            case 'd':
                set.Append(Digits);
                return null;
            case 'w':
                set.Append(Letters).Append(Digits).Append('_');
                return null;
            case 's':
                set.Append(' ');
                return null;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            default:
                return escaped;
        }
    }

    private static string Named(string name) => name switch
    {
        "alpha" => Letters + Letters.ToUpperInvariant(),
        "lower" => Letters,
        "upper" => Letters.ToUpperInvariant(),
        "digit" => Digits,
        "xdigit" => Digits + "abcdef",
        "alnum" or "word" => Letters + Digits,
        "space" or "blank" => " ",
        "punct" => "-_.,!",
        "print" or "graph" => Letters + Digits + "-_.,!",
        _ => throw new NotSupportedException(),
    };

    private (int Least, int Most) Quantifier()
    {
        if (_at == _pattern.Length) return (1, 1);
        (int, int)? found = _pattern[_at] switch
        {
            '*' => (0, 4),
            '+' => (1, 5),
            '?' => (0, 1),
            _ => null,
        };
        if (found is not null) _at++;
        else if (Next("{")) found = Braces();
        if (found is null) return (1, 1);
        if (Next("?")) _at++;
        return found.Value;
    }

    private (int, int) Braces()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0) throw new NotSupportedException();
        var parts = _pattern[(_at + 1)..end].Split(',');
        _at = end + 1;
        if (!int.TryParse(parts[0], out var least) || least > 1000) throw new NotSupportedException();
        if (parts.Length == 1) return (least, least);
        return (least, int.TryParse(parts[1], out var most) ? Math.Min(most, 1000) : least + 4);
    }

    private bool Next(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;

    private string One(string set) => set[Pick(set.Length)].ToString();

    /// <summary>Always the same numbers for the same variant: two runs make the same rows.</summary>
    private int Pick(int count)
    {
        _state = (_state * 1664525u) + 1013904223u;
        return (int)((_state >> 8) % (uint)count);
    }
}
