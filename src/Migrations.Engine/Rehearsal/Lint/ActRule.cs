namespace Migrations.Engine.Rehearsal;

/// <summary>A rule about one kind of act.</summary>
internal abstract class ActRule<T> : ReadingRule
    where T : Act
{
    protected sealed override IEnumerable<LintFinding> Examine(ScriptReading script) =>
        script.All<T>().Select(found => Examine(script, found.Statement, found.Act)).OfType<LintFinding>();

    /// <summary>Null when there is nothing to say of it.</summary>
    protected abstract LintFinding? Examine(ScriptReading script, LintedStatement at, T act);
}
