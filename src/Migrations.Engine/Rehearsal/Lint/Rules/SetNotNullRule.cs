namespace Migrations.Engine.Rehearsal;

internal sealed class SetNotNullRule : ActRule<SetNotNull>
{
    public override string Id => "PGM009";

    public override string Title => "SET NOT NULL that reads the table";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read, unless a validated CHECK (c IS NOT NULL) proves it already.";

    public override string SafeForm => "CHECK (c IS NOT NULL) NOT VALID; VALIDATE; SET NOT NULL, which then reads nothing; drop the CHECK with a statement of its own. On 18: ADD CONSTRAINT ... NOT NULL c NOT VALID, VALIDATE.";

    public override string Versions => "18: NOT NULL constraints can be NOT VALID themselves.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-not-nullable-field", "strong_migrations:change_column_null", "eugene:E2", "atlas:MF104"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, SetNotNull act)
    {
        if (script.IsBorn(act.Table, at) || (at.IsRehearsed && !at.Scans(act.Table))) return null;
        if (!at.IsRehearsed && SeemsProven(script, act)) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, $"every row is read to see that {act.Column} has a value",
            RewriteText.Scripts(RewriteText.NotNull(act.Table, act.Column, script.Case.Major)));
    }

    /// <summary>Words cannot tell what was validated by an earlier script; one who drops a CHECK of the table afterwards knows the way.</summary>
    private static bool SeemsProven(ScriptReading script, SetNotNull act) =>
        script.All<ValidateConstraint>().Any(found => found.Act.Table.MayBe(act.Table)) || script.All<DropConstraint>().Any(found => found.Act.Table.MayBe(act.Table));
}
