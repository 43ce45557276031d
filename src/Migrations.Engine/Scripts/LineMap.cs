using System.Runtime.InteropServices;

namespace Migrations.Engine.Scripts;

/// <summary>
/// Lines and columns of a text. A line ends with LF, CR LF or a lone CR, as PostgreSQL counts them in its messages;
/// a column counts characters, a surrogate pair as one.
/// </summary>
public sealed class LineMap
{
    private readonly string _text;
    private readonly List<int> _starts = [0];

    public LineMap(string text)
    {
        _text = text;
        for (var i = 0; ;)
        {
            var end = text.AsSpan(i).IndexOfAny('\n', '\r');
            if (end < 0) break;
            i += end + 1;
            if (text[i - 1] == '\r' && i < text.Length && text[i] == '\n') i++;
            _starts.Add(i);
        }
    }

    /// <summary>The 1-based line and column of an offset, which may be the end of the text.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        var index = CollectionsMarshal.AsSpan(_starts).BinarySearch(offset);
        var line = index >= 0 ? index : ~index - 1;
        return (line + 1, 1 + CharactersIn(_text.AsSpan(_starts[line]..offset)));
    }

    /// <summary>The text of a 1-based line, without its line end.</summary>
    public string TextOf(int line)
    {
        var start = _starts[line - 1];
        var end = line < _starts.Count ? _starts[line] : _text.Length;
        return _text[start..end].TrimEnd('\r', '\n');
    }

    private static int CharactersIn(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i])) count--;
        }

        return count;
    }
}
