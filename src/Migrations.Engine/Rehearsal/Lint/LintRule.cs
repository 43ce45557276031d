namespace Migrations.Engine.Rehearsal;

/// <summary>One rule, with what a reader may want to know of it before he believes it.</summary>
public abstract class LintRule
{
    /// <summary>Stable for ever: <c>PGM019</c>, the number of its row in the table of rules.</summary>
    public abstract string Id { get; }

    /// <summary>A few words, as a heading.</summary>
    public abstract string Title { get; }

    /// <summary>Which lock is taken on what, in PostgreSQL's words, and for how long.</summary>
    public abstract string LockFacts { get; }

    /// <summary>The form that does the same and harms nobody.</summary>
    public abstract string SafeForm { get; }

    /// <summary>Majors in which it behaves otherwise; empty: the same in all.</summary>
    public virtual string Versions => "";

    /// <summary>What other tools call it, for those who bring their suppressions along: <c>squawk:constraint-missing-not-valid</c>.</summary>
    public virtual IReadOnlyList<string> KnownAs => [];

    /// <summary>What it looks at, the best source first; the text is read where there is no better one.</summary>
    public virtual IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal, LintSource.Text];

    /// <summary>What it has to say of a script; nothing when the script is fine, or not enough is known.</summary>
    public abstract IEnumerable<LintFinding> Examine(LintCase lintCase);
}
