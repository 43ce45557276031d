using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A view that a repeatable may not change as things stand: 42P16 (CREATE OR REPLACE VIEW takes no column away), 2BP01 (DROP VIEW, and other
/// views depend on it).
/// </summary>
/// <param name="DropsItself">The script replaces the view, so it has to go first; otherwise the script drops it by itself.</param>
internal sealed record ViewConflict(IReadOnlyList<string> Views, bool DropsItself)
{
    /// <summary>Null when the failure is another one, or of a script that runs only once: that one says itself what it drops.</summary>
    public static ViewConflict? Of(PlannedScript script, StatementFailedException failure)
    {
        if (script.Key.Kind != History.ScriptKey.NameOf(ScriptKind.Repeatable) || !script.IsAtomic || script.DependentViews is not null) return null;
        return failure switch
        {
            { Step: { Facts.View: { } view } step, Failure.SqlState: "42P16" } when step.Facts.Verb == "CREATE VIEW" => new ViewConflict([view], DropsItself: true),
            { Step: { Facts.View: { } view } step, Failure.SqlState: "2BP01" } when step.Facts.Verb.StartsWith("DROP", StringComparison.Ordinal) => new ViewConflict([view], DropsItself: false),
            _ => null,
        };
    }
}
