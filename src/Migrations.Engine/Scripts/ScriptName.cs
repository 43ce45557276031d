using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>What the name of a script file or folder says, its extension and role taken off.</summary>
/// <param name="Version">Null for a repeatable.</param>
internal sealed partial record ScriptName(string Stem, ScriptVersion? Version, string Title, NameStyle Style)
{
    /// <summary>Null when the name begins with no version and is not one of Flyway's.</summary>
    public static ScriptName? TryParse(string stem)
    {
        if (Flyway().Match(stem) is { Success: true } match)
        {
            var style = match.Groups["kind"].Value == "V" ? NameStyle.Flyway : NameStyle.FlywayUndo;
            var number = match.Groups["number"].Value.Replace('_', '.');
            return new ScriptName(stem, ScriptVersion.Parse(number), TitleOf(match.Groups["title"].Value), style);
        }

        if (stem.StartsWith("R__", StringComparison.Ordinal)) return new ScriptName(stem, null, TitleOf(stem[3..]), NameStyle.FlywayRepeatable);

        var cut = stem.IndexOf('_', StringComparison.Ordinal);
        var identity = cut < 0 ? stem : stem[..cut];
        if (!ScriptVersion.TryParse(identity, out var version)) return null;
        return new ScriptName(stem, version, cut < 0 ? "" : TitleOf(stem[(cut + 1)..]), NameStyle.Plain);
    }

    /// <summary>The stem under another version.</summary>
    public string StemWith(string version)
    {
        if (Style == NameStyle.Plain) return version + Stem[(Stem.IndexOf('_', StringComparison.Ordinal) is >= 0 and var cut ? cut : Stem.Length)..];
        return (Style == NameStyle.FlywayUndo ? "U" : "V") + version + Stem[Stem.IndexOf("__", StringComparison.Ordinal)..];
    }

    /// <summary>Whatever comes behind it: the name of somebody's migration.</summary>
    public static bool BeginsWithVersion(string stem) => TryParse(stem) is not null || OtherSeparator().IsMatch(stem);

    /// <summary>What is wrong with a name that <see cref="TryParse"/> does not understand, and the way out.</summary>
    public static (string Message, string Advice) Explain(string stem) => stem switch
    {
        _ when FlywayBaseline().IsMatch(stem) => (
            "Flyway's baseline scripts (B) are not supported by this version.",
            "Move it out of the folder: the V scripts build the same schema, and Set-MigrationBaseline takes over an existing database."),
        _ when OtherSeparator().IsMatch(stem) => (
            "The version must end with an underscore.",
            $"Rename it to '{OtherSeparator().Replace(stem, "$1_", 1)}'."),
        _ when CloseToFlyway().IsMatch(stem) => (
            "The name looks like one of Flyway's and is not: those are V1_2__title, U1_2__title and R__title, upper case, with two underscores.",
            "Correct the name, or begin it with the version alone: 007_title."),
        _ => (
            "The name begins with no version.",
            "Name scripts 007_title.sql, V7__title.sql or R__title.sql; keep files that other scripts include outside this folder."),
    };

    /// <summary>Flyway replaces placeholders in strings too, and its trees count on it.</summary>
    public static bool HasPlaceholdersInStrings(string path) =>
        TryParse(Path.GetFileNameWithoutExtension(path)) is { Style: not NameStyle.Plain };

    private static string TitleOf(string text) => text.Replace('_', ' ').Trim();

    [GeneratedRegex(@"^(?<kind>[VU])(?<number>[0-9]+(?:[._][0-9]+)*)__(?<title>.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Flyway();

    [GeneratedRegex(@"^B[0-9][0-9._]*__", RegexOptions.CultureInvariant)]
    private static partial Regex FlywayBaseline();

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)*)[- ]+", RegexOptions.CultureInvariant)]
    private static partial Regex OtherSeparator();

    [GeneratedRegex(@"^[VvUuRr][0-9]*_", RegexOptions.CultureInvariant)]
    private static partial Regex CloseToFlyway();
}
