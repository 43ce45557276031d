namespace Migrations.Engine.Scripts;

/// <summary>The decoded text of one file, and where its lines are.</summary>
internal sealed class SourceFile(string path, string text)
{
    private int[]? _lineStarts;

    /// <summary>Relative to the project, with forward slashes.</summary>
    public string Path { get; } = path;

    /// <summary>Without byte order mark.</summary>
    public string Text { get; } = text;

    public SourceFile WithLineEnds(LineEnds ends) =>
        ends == LineEnds.Keep || !Text.Contains('\r') ? this : new SourceFile(Path, Text.Replace("\r\n", "\n", StringComparison.Ordinal));

    public int LineCount => LineStarts.Length;

    private int[] LineStarts => _lineStarts ??= FindLineStarts();

    /// <summary>The place of a UTF-16 offset.</summary>
    public SourcePosition At(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var starts = LineStarts;
        var line = Array.BinarySearch(starts, offset);
        if (line < 0) line = ~line - 1;

        var start = starts[line];
        var end = line + 1 < starts.Length ? starts[line + 1] - 1 : Text.Length;
        if (end > start && Text[end - 1] == '\r') end--;
        return new SourcePosition(Path, line + 1, CharactersIn(start, offset) + 1, Text[start..end]);
    }

    /// <summary>The place where a line begins; lines count from 1.</summary>
    public SourcePosition AtLine(int line) => At(LineStarts[Math.Clamp(line, 1, LineCount) - 1]);

    private int CharactersIn(int start, int end)
    {
        var count = 0;
        foreach (var _ in Text.AsSpan(start, end - start).EnumerateRunes()) count++;
        return count;
    }

    private int[] FindLineStarts()
    {
        var starts = new List<int> { 0 };
        for (var at = Text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = Text.IndexOf('\n', at + 1)) starts.Add(at + 1);
        return [.. starts];
    }
}
