namespace Migrations.Engine.Scripts;

/// <summary>The decoded text of one file, and where its lines are.</summary>
internal sealed class SourceFile(string path, string text)
{
    private LineMap? _lines;

    /// <summary>Relative to the project, with forward slashes.</summary>
    public string Path { get; } = path;

    /// <summary>Without byte order mark.</summary>
    public string Text { get; } = text;

    public SourceFile WithLineEnds(LineEnds ends) =>
        ends == LineEnds.Keep || !Text.Contains('\r') ? this : new SourceFile(Path, Text.Replace("\r\n", "\n", StringComparison.Ordinal));

    /// <summary>The place of a UTF-16 offset; one outside the text gives the nearest end.</summary>
    public SourcePosition At(int offset)
    {
        _lines ??= new LineMap(Text);
        var (line, column) = _lines.Locate(Math.Clamp(offset, 0, Text.Length));
        return new SourcePosition(Path, line, column, _lines.TextOf(line));
    }
}
