using System.Globalization;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>A title as the part of a file name: <c>Add users, ä la carte</c> becomes <c>add_users_a_la_carte</c>.</summary>
internal static class ScriptSlug
{
    private const int Longest = 60;

    /// <summary>Empty when the title holds no letter and no digit.</summary>
    public static string Of(string title)
    {
        var slug = new StringBuilder();
        // Accents are dropped, since file systems disagree on how to spell them; letters of other scripts stay.
        foreach (var rune in title.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (slug.Length >= Longest) break;
            if (Rune.IsLetterOrDigit(rune)) slug.Append(Rune.ToLowerInvariant(rune).ToString());
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark && slug is [.., not '_']) slug.Append('_');
        }

        return slug.ToString().TrimEnd('_').Normalize(NormalizationForm.FormC);
    }
}
