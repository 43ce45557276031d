namespace Migrations.Engine.Rehearsal;

internal sealed class RenameColumnRule : ActRule<RenameColumn>
{
    public override string Id => "PGM012";

    public override string Title => "RENAME COLUMN";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table for a moment; a release that names the old column fails from the commit on.";

    public override string SafeForm => "A second column that a trigger keeps alike; the old one goes in a later release.";

    public override IReadOnlyList<string> KnownAs => ["squawk:renaming-column", "strong_migrations:rename_column", "atlas:BC102"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, RenameColumn act)
    {
        if (script.IsBorn(act.Table, at)) return null;
        var type = script.ColumnFound(act.Table, act.Column)?.Properties.GetValueOrDefault("type");
        return Find(script, at, FindingLevel.Error, act.Table, $"A release that names {act.Column} of {script.Describe(act.Table)} fails from the commit on, until the last of its sessions is gone.",
            $"{(type is null ? $"-- alter table {act.Table} add column {act.To} with the type of {act.Column};" : $"alter table {act.Table} add column {act.To} {type};")}\n-- and a trigger that writes both, batches for the old rows; {act.Column} goes in a later release");
    }
}
