namespace Migrations.Engine.Migrate;

/// <summary>The parts of a dump, by the comment line that pg_dump writes above each.</summary>
internal static class DumpSections
{
    private const string Rows = "-- Data for Name: ";

    /// <summary>What differs between two builds of the same scripts: by who ran them, in which database, or when.</summary>
    public static (IReadOnlyList<string> Statements, IReadOnlyList<string> Rows) Differing(string one, string other)
    {
        var (first, second) = (Of(one), Of(other));
        var differing = first.Keys.Union(second.Keys).Where(header => first.GetValueOrDefault(header) != second.GetValueOrDefault(header)).ToList();
        return (
            [.. differing.Where(header => !IsRows(header)).Select(Told)],
            [.. differing.Where(IsRows).Select(Told)]);
    }

    private static Dictionary<string, string> Of(string dump)
    {
        var sections = new Dictionary<string, string>();
        var (header, lines) = ("", new List<string>());
        foreach (var line in dump.Split('\n'))
        {
            if (line.StartsWith("-- Name: ", StringComparison.Ordinal) || line.StartsWith(Rows, StringComparison.Ordinal))
            {
                Close();
                (header, lines) = (line, []);
            }

            lines.Add(line);
        }

        Close();
        return sections;

        void Close() => sections[header] = sections.GetValueOrDefault(header) + string.Join('\n', lines);
    }

    private static bool IsRows(string header) => header.StartsWith(Rows, StringComparison.Ordinal) || header.Contains("; Type: SEQUENCE SET;", StringComparison.Ordinal);

    private static string Told(string header) => header.Split(';') is [var name, var type, var schema, ..] && name.Split(": ") is [_, var bare] && schema.Split(": ") is [_, var of]
        ? $"{of}.{bare} ({type.Split(": ")[^1].ToLowerInvariant()})"
        : header;
}
