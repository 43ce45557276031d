using System.Text.RegularExpressions;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>
/// One script of the fixtures. A fixture file holds many: each begins behind a line <c>=== name</c>. Characters that cannot be
/// seen are written as their pictures: ␍ carriage return, ␌ form feed, ␋ vertical tab, ␃ "the script ends here, without a line end".
/// </summary>
internal sealed partial record TortureCase(string File, string Name, string Text)
{
    public static IReadOnlyList<TortureCase> All() =>
    [
        .. Directory.GetFiles(Path.Combine(TestTree.Root, "tests", "Migrations.Engine.Tests", "Scripts", "fixtures"), "*.sql")
            .Order(StringComparer.Ordinal).SelectMany(Read),
    ];

    public override string ToString() => $"{File}: {Name}";

    private static IEnumerable<TortureCase> Read(string path)
    {
        // A checkout may have turned the line ends; a wanted carriage return is written as a picture.
        var text = System.IO.File.ReadAllText(path).ReplaceLineEndings("\n");
        var parts = Heading().Split(text);
        for (var i = 1; i < parts.Length; i += 2)
            yield return new TortureCase(Path.GetFileName(path), parts[i], Decode(parts[i + 1]));
    }

    private static string Decode(string text)
    {
        var end = text.IndexOf('␃', StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Replace('␍', '\r').Replace('␌', '\f').Replace('␋', '\v');
    }

    [GeneratedRegex(@"^=== (.+)\n", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
