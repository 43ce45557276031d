using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>The text of one statement after its variables are replaced, with the way back to what was written.</summary>
internal sealed class SentText
{
    private readonly Run[] _runs;

    private SentText(string text, Run[] runs)
    {
        Text = text;
        _runs = runs;
    }

    private readonly record struct Run(int Start, int SourceStart, bool IsVerbatim);

    public string Text { get; }

    /// <summary>True when every character is as written.</summary>
    public bool IsVerbatim => _runs is [{ IsVerbatim: true }];

    /// <summary>The offset in the source of a UTF-16 offset here; all of a value stands where its variable does.</summary>
    public int ToSource(int offset)
    {
        var index = _runs.Length - 1;
        while (index > 0 && _runs[index].Start > offset) index--;
        var run = _runs[index];
        return run.IsVerbatim ? run.SourceStart + offset - run.Start : run.SourceStart;
    }

    /// <summary>The UTF-16 offset of a position as the server counts: characters, from 1.</summary>
    public int OffsetOf(int position)
    {
        var offset = 0;
        foreach (var rune in Text.AsSpan().EnumerateRunes())
        {
            if (--position <= 0) break;
            offset += rune.Utf16SequenceLength;
        }

        return offset;
    }

    public sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly List<Run> _runs = [];

        public int Length => _text.Length;

        public void Copy(string source, int start, int end)
        {
            if (end <= start) return;
            _runs.Add(new Run(_text.Length, start, true));
            _text.Append(source, start, end - start);
        }

        /// <summary>Puts a value in the place of what stands at an offset of the source.</summary>
        public void Insert(string value, int sourceStart)
        {
            _runs.Add(new Run(_text.Length, sourceStart, false));
            _text.Append(value);
        }

        public SentText Build() => new(_text.ToString(), [.. _runs]);
    }
}
