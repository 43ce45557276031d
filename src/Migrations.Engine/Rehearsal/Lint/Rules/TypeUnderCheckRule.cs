namespace Migrations.Engine.Rehearsal;

internal sealed class TypeUnderCheckRule : ActRule<ChangeType>
{
    public override string Id => "PGM010d";

    public override string Title => "A change of type on a column with a CHECK";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read to prove the check again, though the new type takes the values as they are.";

    public override string SafeForm => "Drop the CHECK in the same script, change the type, add it again NOT VALID, and VALIDATE in a script of its own.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:change_column"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ChangeType act)
    {
        if (act.Type.Length == 0 || !at.Scans(act.Table) || at.Rewrites(act.Table) || script.Found(act.Table) is not { } table) return null;
        var column = SqlName.Fold(act.Column);
        var checks = script.Before!.Of(table, "check constraint").Where(check => WordsOf.Text(check.Properties["definition"]).Contains(column)).ToList();
        if (checks.Count == 0) return null;
        var names = checks.Select(check => SqlName.Parse(check.Identity).SpelledLast).ToList();
        return Work(script, at, LockMode.AccessExclusive, act.Table, $"every row is read to prove {string.Join(", ", names)} again", RewriteText.Scripts(
            string.Join('\n', [
                .. names.Select(name => $"alter table {act.Table} drop constraint {name};"),
                $"alter table {act.Table} alter column {act.Column} type {act.Type};",
                .. checks.Select((check, i) => $"alter table {act.Table} add constraint {names[i]} {check.Properties["definition"]} not valid;"),
            ]),
            string.Join('\n', names.Select(name => $"alter table {act.Table} validate constraint {name};"))));
    }
}
