using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Stops what would be taken over when history knows that only a part of it is in the database.</summary>
internal static class Contradiction
{
    /// <summary>A failed attempt that left nothing is none: somebody who ran the scripts into an existing database comes here next.</summary>
    public static void Refuse(Script script, HistorySnapshot history)
    {
        var key = ScriptKey.Of(script);
        if (history.Unfinished(key) is not { } unfinished || history.StepsOf(unfinished).Count == 0) return;
        throw new EngineException("BaselineContradicted", FailureKind.Conflict,
            $"{script.Name} is in the database in part: its last attempt, on {unfinished.At:yyyy-MM-dd HH:mm} UTC by {unfinished.Who}, committed some of its statements and did not end. Nothing was changed.",
            "Let Invoke-Migration finish it, or Undo-Migration take it back; then take over the others.", script.Name);
    }
}
