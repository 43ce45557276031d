using System.Globalization;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>Renders a source line with a caret under one of its characters.</summary>
internal static class CaretExcerpt
{
    private const int Width = 100;
    private const char Cut = '…';

    public static string Render(SourcePosition position)
    {
        var line = position.LineText;
        var caret = IndexOf(line, position.Column);
        var (from, to) = Window(line, caret);

        var text = new StringBuilder();
        var number = position.Line.ToString(CultureInfo.InvariantCulture);
        text.Append(number).Append(" | ");
        if (from > 0) text.Append(Cut);
        foreach (var c in line.AsSpan(from, to - from)) text.Append(char.IsControl(c) && c != '\t' ? '?' : c);
        if (to < line.Length) text.Append(Cut);

        text.Append('\n').Append(' ', number.Length).Append(" | ");
        if (from > 0) text.Append(' ');
        // Tabs stay tabs, so the caret stands right at any tab width; a surrogate pair is one character.
        foreach (var rune in line.AsSpan(from, caret - from).EnumerateRunes()) text.Append(rune.Value == '\t' ? '\t' : ' ');
        return text.Append('^').ToString();
    }

    private static int IndexOf(string line, int column)
    {
        var index = 0;
        while (--column > 0 && index < line.Length) index += SizeAt(line, index);
        return index;
    }

    private static (int From, int To) Window(string line, int caret)
    {
        if (line.Length <= Width) return (0, line.Length);
        var from = Math.Clamp(caret - (Width / 2), 0, line.Length - Width);
        var to = from + Width;
        if (from > 0 && char.IsLowSurrogate(line[from])) from--;
        if (to < line.Length && char.IsLowSurrogate(line[to])) to++;
        return (from, to);
    }

    private static int SizeAt(string line, int index) =>
        char.IsHighSurrogate(line[index]) && index + 1 < line.Length && char.IsLowSurrogate(line[index + 1]) ? 2 : 1;
}
