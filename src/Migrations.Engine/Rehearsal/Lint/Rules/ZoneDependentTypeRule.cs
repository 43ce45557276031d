namespace Migrations.Engine.Rehearsal;

internal sealed class ZoneDependentTypeRule : ActRule<ChangeType>
{
    public override string Id => "PGM010c";

    public override string Title => "timestamp to timestamptz, or back";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table: for a moment when the session's TimeZone is UTC, else while it and its indexes are written anew.";

    public override string SafeForm => "SET LOCAL timezone = 'UTC' in the same script, when the old values are UTC; else the shadow column of PGM010.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:change_column"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ChangeType act)
    {
        if (script.IsBorn(act.Table, at) || !Applies(script, act)) return null;
        var isUtc = script.Until<SetSetting>(at).LastOrDefault(set => set.Setting == "timezone")?.Value.Trim('\'', ' ').ToUpperInvariant() is "UTC" or "GMT" or "ETC/UTC" or "0";
        if (isUtc && !at.Rewrites(act.Table)) return null;
        return Find(script, at, at.Rewrites(act.Table) && !script.IsSmall(act.Table) ? FindingLevel.Error : FindingLevel.Warning, act.Table,
            $"ACCESS EXCLUSIVE on {script.Describe(act.Table)}: where the session's time zone is not UTC every row is written anew and readers and writers wait; where it is, nothing is. The script does not say which.",
            $"set local timezone = 'UTC';\nalter table {act.Table} alter column {act.Column} type {act.Type};\n-- right only when the old values were meant as UTC");
    }

    /// <summary>True for a change between the two kinds of timestamp, as far as it can be known.</summary>
    public static bool Applies(ScriptReading script, ChangeType act)
    {
        if (act.Converts || Zoned(act.Type) is not { } zoned) return false;
        return script.ColumnFound(act.Table, act.Column) is { } column ? Zoned(column.Properties.GetValueOrDefault("type") ?? "") == !zoned : script.Before is null && zoned;
    }

    private static bool? Zoned(string type)
    {
        var plain = type.ToLowerInvariant();
        if (!plain.StartsWith("timestamp", StringComparison.Ordinal)) return null;
        return plain.StartsWith("timestamptz", StringComparison.Ordinal) || plain.Contains("with time zone", StringComparison.Ordinal);
    }
}
