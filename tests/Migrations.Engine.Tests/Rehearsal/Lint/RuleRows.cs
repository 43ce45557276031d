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

    /// <summary>
    /// Which of the four tools whose names we give speaks of a row, by the same table: a tool alone where the table does not say under which name, else its code. What
    /// they only have as style, or by an operation of their own, is not in it.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>
    {
        ["1"] = "squawk:adding-field-with-default strong_migrations", ["2"] = "squawk strong_migrations eugene:E11", ["3"] = "squawk strong_migrations eugene:E11", ["4"] = "squawk", ["5"] = "squawk:adding-required-field",
        ["6"] = "eugene:E1", ["7"] = "squawk:disallowed-unique-constraint eugene:E7", ["8"] = "squawk strong_migrations:add_reference", ["9"] = "squawk strong_migrations eugene:E2 atlas:MF104",
        ["10"] = "squawk strong_migrations eugene:E5 eugene:E10", ["10c"] = "strong_migrations", ["10d"] = "strong_migrations", ["11"] = "squawk strong_migrations atlas:DS103", ["12"] = "squawk strong_migrations atlas:BC102",
        ["13"] = "squawk strong_migrations:rename_schema atlas:BC101", ["14"] = "strong_migrations eugene:E3", ["15"] = "squawk:prefer-bigint-over-int squawk:prefer-bigint-over-smallint", ["17"] = "squawk",
        ["19"] = "squawk strong_migrations eugene:E1", ["20"] = "squawk strong_migrations eugene:E1", ["21"] = "strong_migrations:validate_check_constraint strong_migrations:validate_foreign_key eugene:E4",
        ["22"] = "squawk strong_migrations eugene:E7", ["22b"] = "eugene:W14", ["23"] = "squawk:constraint-missing-not-valid strong_migrations eugene:E8", ["25"] = "squawk:ban-drop-table", ["27"] = "eugene:E15", ["28"] = "squawk",
        ["29"] = "squawk strong_migrations eugene:E6 atlas:PG101", ["30"] = "squawk atlas:PG103", ["31"] = "strong_migrations:remove_invalid_indexes", ["33"] = "squawk strong_migrations atlas:PG102",
        ["34"] = "squawk:require-concurrent-reindex squawk:prefer-repack", ["36"] = "strong_migrations", ["40"] = "squawk", ["42"] = "squawk eugene:E9", ["43"] = "eugene:E4", ["46"] = "squawk:ban-truncate-cascade",
        ["47"] = "squawk atlas:DS101 atlas:DS102", ["48"] = "squawk:require-enum-value-ordering strong_migrations:rename_enum_value eugene:W13", ["53"] = "eugene:W12", ["55"] = "squawk", ["56"] = "atlas:CD101",
    };
}
