namespace Migrations.Engine.Rehearsal;

internal sealed class ChangeTypeRule : ActRule<ChangeType>
{
    public override string Id => "PGM010";

    public override string Title => "A change of type that rewrites the table";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while it and its indexes are written anew. A longer varchar, varchar to text, cidr to inet, more digits at the same scale are free, which is row 10b.";

    public override string SafeForm => "A new column beside it, kept alike by a trigger, filled in batches; then the two change names.";

    public override IReadOnlyList<string> KnownAs => ["squawk:changing-column-type", "strong_migrations:change_column", "eugene:E5", "eugene:E10"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ChangeType act)
    {
        if (act.Type.Length == 0 || script.IsBorn(act.Table, at)) return null;
        if (!at.IsRehearsed ? IsOftenFree(act) : !at.Rewrites(act.Table)) return null;
        if (ZoneDependentTypeRule.Applies(script, act)) return null;
        var beside = SqlName.Parse(act.Column).Derive("new");
        return Work(script, at, LockMode.AccessExclusive, act.Table, at.IsRehearsed ? $"every row is written anew with {act.Column} as {act.Type}" : $"every row is written anew, unless {act.Type} takes the old values as they are", $"""
            alter table {act.Table} add column {beside} {act.Type};
            -- and a trigger that writes both columns, batches for the old rows, and a last script in which the two change names
            """);
    }

    /// <summary>The words do not tell the old type. To these one comes nearly always from a shorter one of its kind; a zone has a rule of its own.</summary>
    private static bool IsOftenFree(ChangeType act) =>
        !act.Converts && act.Type.ToLowerInvariant() is var type && (type.StartsWith("text", StringComparison.Ordinal) || type.StartsWith("varchar", StringComparison.Ordinal)
            || type.StartsWith("character varying", StringComparison.Ordinal) || type == "inet" || type.StartsWith("numeric", StringComparison.Ordinal));
}
