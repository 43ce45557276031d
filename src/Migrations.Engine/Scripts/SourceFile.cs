namespace Migrations.Engine.Scripts;

/// <summary>The decoded text of one file, and where its lines are.</summary>
internal sealed class SourceFile(string path, string text)
{
    private LineMap? _lines;

    /// <summary>Relative to the project, with forward slashes.</summary>
    public string Path { get; } = path;

    /// <summary>Without byte order mark.</summary>
    public string Text { get; } = text;

    /// <summary>
    /// CRLF becomes LF where every line ends with it: a checkout under Windows. A file whose lines end in LF too has its CRLFs on purpose, as a dump
    /// has them inside a function body, and there the server gets what the file says.
    /// </summary>
    public SourceFile WithLineEnds(LineEnds ends) => ends == LineEnds.Keep || !EndsEveryLineWithReturn() ? this : new SourceFile(Path, FoldReturns(Text));

    /// <summary>What counts for a hash: how a line ends does not.</summary>
    public static string FoldReturns(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private bool EndsEveryLineWithReturn()
    {
        if (!Text.Contains('\r', StringComparison.Ordinal)) return false;
        for (var end = Text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = Text.IndexOf('\n', end + 1))
            if (end == 0 || Text[end - 1] != '\r') return false;
        return true;
    }

    /// <summary>The place of a UTF-16 offset; one outside the text gives the nearest end.</summary>
    public SourcePosition At(int offset)
    {
        _lines ??= new LineMap(Text);
        var (line, column) = _lines.Locate(Math.Clamp(offset, 0, Text.Length));
        return new SourcePosition(Path, line, column, _lines.TextOf(line));
    }
}
