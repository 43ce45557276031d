using System.Globalization;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>
/// Text of other people before it is shown. Signs that are not seen and change what is seen (control characters, the marks that turn the direction of
/// what follows) are written by their number, so that no name or comment can look like another; line ends become LF.
/// </summary>
internal static class PlainText
{
    /// <summary>Names, and all that stands in one line: a line end in it is shown by its number too.</summary>
    public static string Line(string text) => Shown(text, keepsLines: false);

    /// <summary>What people wrote, in its lines.</summary>
    public static string Lines(string text) => Shown(text, keepsLines: true).Trim('\n');

    private static string Shown(string text, bool keepsLines)
    {
        if (text.All(letter => letter is >= ' ' and <= '~')) return text;
        var shown = new StringBuilder(text.Length);
        var previous = '\0';
        foreach (var rune in text.EnumerateRunes())
        {
            var isEnd = rune.Value is '\n' or '\r' or 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029;
            // Of CR LF the first one has made the line end.
            if (isEnd && keepsLines && !(rune.Value == '\n' && previous == '\r')) shown.Append('\n');
            else if (rune.Value == '\t') shown.Append(' ');
            else if (!isEnd && !IsHidden(rune)) shown.Append(rune);
            else if (!isEnd || !keepsLines) shown.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            previous = rune.Value == '\r' ? '\r' : '\0';
        }

        return shown.ToString();
    }

    /// <summary>Not the joiners, which pictures and several scripts need.</summary>
    private static bool IsHidden(Rune rune) => Rune.IsControl(rune)
        || rune.Value is 0x061C or 0x200B or 0x200E or 0x200F or >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F or 0xFEFF or >= 0xFFF9 and <= 0xFFFB
        || rune.Value is >= 0xE0000 and <= 0xE007F || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
