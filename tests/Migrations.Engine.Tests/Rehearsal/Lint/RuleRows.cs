namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Every row of the table of what is known to hurt (our research, table 1.2), whether a rule speaks of it or a reason why none does.</summary>
public static class RuleRows
{
    public static IReadOnlyList<string> All { get; } =
    [
        "1", "1b", "2", "3", "4", "5", "6", "7", "8", "9", "9b", "10", "10b", "10c", "10d", "10e", "10f", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "20b", "21", "22", "22b", "23",
        "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "50", "51", "52", "53", "54", "55", "56",
    ];

    /// <summary>Rows without a rule of their own.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["1b"] = "Free: a constant or stable default reads and writes nothing. PGM001 is silent about it, and a test holds it to that.",
        ["10b"] = "Free: PGM010 is silent about a longer varchar, varchar to text, cidr to inet and more digits at the same scale, and a test holds it to that.",
        ["16"] = "Style: varchar(n), char(n), timestamp without zone and serial lock nobody out and lose nothing.",
        ["18"] = "A matter of the application: cached plans and column caches of an ORM do not show in a script or in the catalog. PGM011 and PGM012 tell the order of the releases.",
        ["54"] = "Noise: the runner knows how far a script has come, so a statement need not be rerunnable. What truly matters of it is PGM031.",
    };
}
