namespace Migrations.Engine.Rehearsal;

internal sealed class AttachRule : ActRule<AttachPartition>
{
    public override string Id => "PGM038";

    public override string Title => "ATTACH PARTITION that reads tables";

    public override string LockFacts => "SHARE UPDATE EXCLUSIVE on the parent; ACCESS EXCLUSIVE on the table that comes and on the default partition, both read from end to end unless a validated CHECK proves their rows.";

    public override string SafeForm => "A validated CHECK on the table that its rows fit, and one on the default partition that none of its rows do.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AttachPartition act)
    {
        if (script.IsBorn(act.Table, at)) return null;
        var byDefault = script.Found(act.Table) is { } parent ? script.Before!.DefaultPartition(parent) : null;
        var read = new[] { act.Partition, byDefault is null ? null : SqlName.Parse(byDefault.Identity) }.OfType<SqlName>().Where(at.Scans).ToList();
        if (at.IsRehearsed ? read.Count == 0 : script.IsBorn(act.Partition, at) || script.Until<AddConstraint>(at).Any(add => add.Table.MayBe(act.Partition) && add.Constraint.Kind == ConstraintKind.Check)) return null;
        var tables = at.IsRehearsed ? read : [act.Partition];
        return Find(script, at, tables.TrueForAll(script.IsSmall) ? FindingLevel.Warning : FindingLevel.Error, act.Partition,
            $"ACCESS EXCLUSIVE on {string.Join(" and ", tables.Select(script.Describe))} for as long as every row is read: readers and writers wait.",
            Rewrite(script, act, byDefault?.Identity, read));
    }

    private static string Rewrite(ScriptReading script, AttachPartition act, string? byDefault, List<SqlName> read)
    {
        var attach = $"alter table {act.Table} attach partition {act.Partition} {act.Bounds};";
        var key = script.Found(act.Table)?.Properties.GetValueOrDefault("partition key") ?? "";
        if (PartitionBound.Condition(key, act.Bounds) is not { } fits) return $"-- first a validated CHECK on {act.Partition} that says what its bounds say; then:\n{attach}";
        var mine = act.Partition.Derive("fits");
        var scripts = new List<string>
        {
            $"alter table {act.Partition} add constraint {mine} check ({fits}) not valid;",
            $"alter table {act.Partition} validate constraint {mine};",
            $"{attach}\nalter table {act.Partition} drop constraint {mine};",
        };
        if (byDefault is null || !read.Exists(table => table.MayBe(byDefault))) return RewriteText.Scripts(scripts);

        var theirs = SqlName.Parse(byDefault).Derive("is_free");
        scripts.InsertRange(0, [$"alter table {byDefault} add constraint {theirs} check (not ({fits})) not valid;", $"alter table {byDefault} validate constraint {theirs};"]);
        scripts[^1] += $"\nalter table {byDefault} drop constraint {theirs};";
        return RewriteText.Scripts(scripts);
    }
}
