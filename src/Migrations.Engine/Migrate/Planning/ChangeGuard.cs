using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Stops a run when an applied script means something else now. White space, comments and line ends do not count.</summary>
internal static class ChangeGuard
{
    public static bool IsChanged(Script script, HistoryRow applied) =>
        script.ExactHash != applied.ExactHash
        && !IsReplaced(script, applied)
        && (applied.HashVersion != ScriptHashes.TokenAlgorithm || script.TokenHash != applied.TokenHash);

    /// <summary>The file is a checkpoint, and the database has run the last of the scripts that it stands for.</summary>
    public static bool IsReplaced(Script script, HistoryRow applied) =>
        applied.TokenHash == script.Header.Replaces?.LastTokenHash;

    public static async Task EnsureUnchangedAsync(
        ScriptProject project, HistorySnapshot history, HistoryStore store, Session session, CancellationToken cancellationToken)
    {
        foreach (var script in project.Versioned)
        {
            if (history.Applied(ScriptKey.Of(script)) is not { } applied || !IsChanged(script, applied)) continue;
            var texts = await store.TextsAsync(session, applied.AttemptId, cancellationToken);
            throw new ScriptException("ScriptChanged", FailureKind.Conflict,
                $"{script.Name} was applied on {applied.At:yyyy-MM-dd HH:mm} UTC by {applied.Who}, and its file means something else now. Nothing was run.",
                "Restore the file and put the change into a new script (New-Migration). If the change is right and the database needs nothing for it: Repair-Migration -Accept.",
                FirstChange.Find(script, texts));
        }
    }
}
