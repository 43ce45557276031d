namespace Migrations.Engine.Rehearsal;

/// <summary>A rule that reads a script statement by statement.</summary>
internal abstract class ReadingRule : LintRule
{
    public sealed override IEnumerable<LintFinding> Examine(LintCase lintCase)
    {
        ArgumentNullException.ThrowIfNull(lintCase);
        return Examine(lintCase.Reading);
    }

    protected abstract IEnumerable<LintFinding> Examine(ScriptReading script);

    /// <summary>A finding of this rule about one statement.</summary>
    /// <param name="table">What it is about, as the script spells it; null: about no relation.</param>
    protected LintFinding Find(ScriptReading script, LintedStatement at, FindingLevel level, SqlName? table, string message, string rewrite) => new()
    {
        Rule = Id,
        Level = level,
        Message = message,
        Rewrite = rewrite,
        Source = at.Source,
        Relation = table is null ? null : script.Identity(table),
        Statement = at.Number,
        Path = at.Step.Position.File,
        Line = at.Step.Position.Line,
    };

    /// <summary>Work under a lock: it lasts as long as the table is big, so a table that is known to be small is a warning.</summary>
    /// <param name="work">What goes on meanwhile: <c>it is rewritten</c>.</param>
    protected LintFinding Work(ScriptReading script, LintedStatement at, LockMode mode, SqlName table, string work, string rewrite) =>
        Find(script, at, script.IsSmall(table) ? FindingLevel.Warning : FindingLevel.Error, table,
            $"{LockName.Of(at.LockOn(table) ?? mode)} on {script.Describe(table)} for as long as {work}: {Waiting(at.LockOn(table) ?? mode)}.", rewrite);

    /// <summary>True when a strong lock does little harm: whoever asks for it gives up soon, and it ends with its statement.</summary>
    protected static bool IsBrief(LintedStatement at) => (at.Place.IsLast || !at.Place.InTransaction) && at.LockTimeout > TimeSpan.Zero && at.LockTimeout <= TimeSpan.FromSeconds(5);

    /// <summary>How long a lock lasts whose statement does no work.</summary>
    protected static string Until(LintedStatement at) => at.Place.InTransaction && !at.Place.IsLast ? " to the end of the transaction" : " for a moment";

    protected static string Waiting(LockMode mode) => mode switch
    {
        LockMode.AccessExclusive => "readers and writers wait",
        LockMode.RowShare or LockMode.RowExclusive or LockMode.ShareUpdateExclusive => "other schema changes wait",
        _ => "writers wait",
    };
}
