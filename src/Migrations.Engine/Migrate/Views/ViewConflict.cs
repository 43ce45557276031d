using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A view that a repeatable may not change as things stand: 42P16 (CREATE OR REPLACE VIEW takes no column away and changes no type), 2BP01 (DROP
/// VIEW, and other views depend on it).
/// </summary>
/// <param name="Step">The statement that the server refused.</param>
/// <param name="DropsItself">The script replaces the view, so it has to go first; otherwise the script drops it by itself.</param>
internal sealed record ViewConflict(ScriptStep Step, bool DropsItself)
{
    /// <summary>Null when the failure is another one, or of a script that runs only once: that one says itself what it drops.</summary>
    public static ViewConflict? Of(PlannedScript script, StatementFailedException failure)
    {
        if (script.Key.Kind != History.ScriptKey.NameOf(ScriptKind.Repeatable) || !script.IsAtomic) return null;
        // Refused a second time it is the script's failure: nothing could be moved out of its way.
        if (failure.Step is not { } step || script.Aside.Any(views => views.Conflict.Step == step)) return null;
        return failure.Failure.SqlState switch
        {
            "42P16" when step.Facts.MakesView => new ViewConflict(step, DropsItself: true),
            "2BP01" when step.Facts.DropsView => new ViewConflict(step, DropsItself: false),
            _ => null,
        };
    }
}
