using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>A file whose header names scripts that get another name: its bytes before and after.</summary>
internal sealed record RequiresEdit(string FullPath, byte[] Before, byte[] After)
{
    /// <summary>Null when the header names none of them. Nothing but the words is touched: byte order mark and line ends stay.</summary>
    /// <param name="rename">From a word of <c>requires</c> to what it must say now; null: it stays.</param>
    public static RequiresEdit? Of(string fullPath, string shownPath, Func<string, string?> rename)
    {
        var before = File.ReadAllBytes(fullPath);
        var source = ScriptDecoder.Decode(shownPath, before);
        var header = HeaderReader.Read(source).Header;
        if (header.Requires.All(word => rename(word) is null)) return null;

        var (mark, text) = (before.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.GetPreamble() : [], source.Text);
        var start = StartOfLine(text, header.EntryOf("requires")!.Position.Line);
        var end = text.IndexOf('\n', start) is >= 0 and var found ? found : text.Length;
        var colon = text.IndexOf(':', start) + 1;
        var words = Regex.Replace(text[colon..end], @"[^\s,]+", match => rename(match.Value) ?? match.Value, RegexOptions.CultureInvariant);
        return new RequiresEdit(fullPath, before, [.. mark, .. Encoding.UTF8.GetBytes(text[..colon] + words + text[end..])]);
    }

    private static int StartOfLine(string text, int line)
    {
        var start = 0;
        for (; line > 1; line--) start = text.IndexOf('\n', start) + 1;
        return start;
    }
}
