using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>A script that goes on record without being run, and why.</summary>
internal sealed record TakeOver(ScriptAttempt Attempt, TakenOver Origin, string WrittenVersion)
{
    /// <summary>With the hashes and texts that a run would keep, so that changes are noticed and it can be taken back.</summary>
    public static TakeOver Of(Script script, TakenOver origin, bool outOfOrder = false) => new(
        new ScriptAttempt(
            Guid.Empty, Guid.Empty, ScriptKey.Of(script), script.Name, script.Title, Direction.Up, script.RelativePath,
            script.Header.Author ?? origin.OriginalAuthor, script.Header.Ticket, script.ExactHash, script.TokenHash, ScriptHashes.TokenAlgorithm,
            script.Up.Text, script.Down?.Text, script.Header.Irreversible, outOfOrder, Atomic: false),
        origin,
        script.Version?.ToString() ?? "");

    /// <summary>What another tool ran and this project has no file for. Its kind keeps it out of what is applied, pending or missing.</summary>
    public static TakeOver WithoutFile(ScriptKey key, string name, string title, string path, TakenOver origin) => new(
        new ScriptAttempt(
            Guid.Empty, Guid.Empty, key, name, title, Direction.Up, path, origin.OriginalAuthor, null, "", "", 0, null, null, null, OutOfOrder: false, Atomic: false),
        origin,
        "");

    public MigrationBaseline Describe(RunTarget target, ScriptAttempt? written = null) => new()
    {
        Version = WrittenVersion,
        Name = Attempt.Name,
        Title = Attempt.Title,
        Kind = Attempt.Key.Kind,
        Outcome = written is null ? BaselineOutcome.Planned : BaselineOutcome.TakenOver,
        Tool = Origin.Tool,
        OriginalId = Origin.OriginalId,
        OriginalTime = Origin.OriginalTime,
        OriginalAuthor = Origin.OriginalAuthor,
        Content = Origin.Content,
        Reason = Origin.Reason,
        Verified = Origin.Verified,
        Path = Attempt.ExactHash.Length == 0 ? null : Attempt.Path,
        RunId = written?.RunId,
        AttemptId = written?.Id,
        Target = target,
    };
}
