using System.Globalization;
using System.Text;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Writes a plan as a psql script: for a DBA who runs it by hand, with the same statements, in the same transactions, and with the history rows
/// that the runner would have written. Run twice, it stops at its first script: the ids of its attempts are in history then.
/// </summary>
public sealed class PlanFile(MigrationPlan plan, SecretMask mask, TimeProvider clock)
{
    private readonly Journal _journal = new(plan.Request.History);
    private readonly Guid _runId = Guid.CreateVersion7();

    /// <summary>Writes the file beside its place first, so that a half-written plan never bears the name.</summary>
    /// <exception cref="EngineException">PlanHoldsSecret, PlanNotWritable.</exception>
    public static async Task WriteAsync(MigrationPlan plan, string path, SecretMask mask, TimeProvider clock, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        try
        {
            await using (var output = new StreamWriter(partial)) await new PlanFile(plan, mask, clock).WriteAsync(output, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("PlanNotWritable", FailureKind.Resource, $"The plan cannot be written to {path}: {failure.Message}",
                "Choose another path with -OutFile.", path, failure);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <exception cref="EngineException">PlanHoldsSecret: a statement contains the value of a secret variable.</exception>
    public async Task WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        RefuseSecrets();
        await foreach (var line in Lines().WithCancellation(cancellationToken))
        {
            await output.WriteAsync(line.AsMemory(), cancellationToken);
            await output.WriteAsync('\n');
        }
    }

    private async IAsyncEnumerable<string> Lines()
    {
        var schema = plan.Request.History;
        yield return "-- A plan of the Migrations module, to be run by hand: psql -X -f THIS_FILE \"connection\"";
        yield return $"-- Written {clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC for {plan.Target}";
        yield return $"-- {plan.Scripts.Count} {(plan.Scripts.Count == 1 ? "script" : "scripts")}, {plan.Direction.ToString().ToLowerInvariant()}. Stops at the first error; what is committed then is in history.";
        yield return "\\set ON_ERROR_STOP on";
        yield return "\\set AUTOCOMMIT on";
        yield return Guard($"current_database() <> {Literal.Quote(plan.Target.Database)}", $"this plan was made for the database {plan.Target.Database}");
        yield return Guard($"not pg_try_advisory_lock({schema.LockKey})", "another run holds the run lock");
        if (plan.InstallsHistory)
        {
            yield return "begin;";
            foreach (var statement in HistoryLayout.Statements(schema)) yield return statement + ";";
            yield return _journal.Installed(Actor.Current().Module).ToLiteralSql() + ";";
            yield return "commit;";
        }

        yield return _journal.RunStarted(_runId, plan.Direction == Direction.Up ? "migrate" : "undo", Actor.Current(), plan.Project).ToLiteralSql() + ";";
        foreach (var script in plan.Scripts)
        {
            await foreach (var line in ScriptLines(script)) yield return line;
        }

        yield return "";
        yield return _journal.RunEnded(_runId, "Succeeded", plan.Scripts.Count).ToLiteralSql() + ";";
        yield return $"select pg_advisory_unlock({schema.LockKey});";
    }

    private async IAsyncEnumerable<string> ScriptLines(PlannedScript script)
    {
        var attempt = script.Attempt(_runId);
        yield return "";
        yield return $"-- {script.Name} ({script.Path}), {script.Direction.ToString().ToLowerInvariant()}: {OneLine(script.Title)}";
        yield return "begin;";
        yield return _journal.ScriptStarted(attempt).ToLiteralSql() + ";";
        yield return "commit;";
        foreach (var question in script.Check) yield return Assert(question.Text, $"{script.Name}: its check does not hold here");
        for (var index = 0; index < script.Segments.Count; index++)
        {
            if (script.DoneSegments.Contains(index)) continue;
            var segment = script.Segments[index];
            var isLast = index == script.Segments.Count - 1;
            var lines = segment.IsTransaction ? Transaction(script, attempt, segment, index, isLast) : Alone(script, attempt, segment, index, isLast).ToAsyncEnumerable();
            await foreach (var line in lines) yield return line;
        }
    }

    private async IAsyncEnumerable<string> Transaction(PlannedScript script, ScriptAttempt attempt, Segment segment, int index, bool isLast)
    {
        yield return segment.Begin!.TrimEnd(';') + ";";
        yield return Enter(script, LockTimeout(script), inTransaction: true);
        foreach (var step in segment.Steps)
        {
            yield return Terminated(step.Text);
            if (step.Data is { } data) yield return await RowsAsync(data);
        }

        if (script.Segments.Count > 1) yield return _journal.StepDone(attempt, index, segment.Line, segment.Hash).ToLiteralSql() + ";";
        if (isLast) foreach (var line in Conclusion(script, attempt)) yield return line;
        yield return "commit;";
        foreach (var statement in SessionReset.Statements) yield return statement + ";";
    }

    private IEnumerable<string> Alone(PlannedScript script, ScriptAttempt attempt, Segment segment, int index, bool isLast)
    {
        var step = segment.Steps[0];
        yield return _journal.StepIntended(attempt, index, segment.Line, segment.Hash).ToLiteralSql() + ";";
        yield return Enter(script, step.Facts.IsConcurrent ? TimeSpan.Zero : LockTimeout(script), inTransaction: false);
        yield return Terminated(step.Text);
        yield return "begin;";
        yield return "reset session authorization;";
        yield return "reset role;";
        yield return _journal.StepDone(attempt, index, segment.Line, segment.Hash).ToLiteralSql() + ";";
        if (isLast) foreach (var line in Conclusion(script, attempt)) yield return line;
        yield return "commit;";
        foreach (var statement in SessionReset.Statements) yield return statement + ";";
    }

    private IEnumerable<string> Conclusion(PlannedScript script, ScriptAttempt attempt)
    {
        foreach (var question in script.Verify) yield return Assert(question.Text, $"{script.Name}: what it promises to verify is not true after it ran");
        yield return "reset session authorization;";
        yield return "reset role;";
        yield return _journal.ScriptSucceeded(attempt, 0).ToLiteralSql() + ";";
    }

    private string Enter(PlannedScript script, TimeSpan lockTimeout, bool inTransaction) =>
        _journal.Enter(SegmentSettings.For(script.Name, script.Settings, lockTimeout, script.Settings.StatementTimeout ?? plan.Request.StatementTimeout), inTransaction).ToLiteralSql() + ";";

    private TimeSpan LockTimeout(PlannedScript script) => script.Settings.LockTimeout ?? plan.Request.Retry.LockTimeout;

    private static async Task<string> RowsAsync(CopySource data)
    {
        using var rows = new MemoryStream();
        await data.WriteToAsync(rows, CancellationToken.None);
        return Encoding.UTF8.GetString(rows.ToArray()).TrimEnd('\n') + "\n\\.";
    }

    private static string Guard(string condition, string message) =>
        $"do $guard$ begin if {condition} then raise exception '%', {Literal.Quote(message)}; end if; end $guard$;";

    /// <summary>A question of the script: it passes when it is no query, or when every row it returns begins with true.</summary>
    private static string Assert(string question, string message)
    {
        var query = question.Trim().TrimEnd(';');
        return query.StartsWith("select", StringComparison.OrdinalIgnoreCase) || query.StartsWith("with", StringComparison.OrdinalIgnoreCase)
            ? $"do $verify$ declare answer boolean; begin for answer in {query} loop if answer is not true then raise exception '%', {Literal.Quote(message)}; end if; end loop; if answer is null then raise exception '%', {Literal.Quote(message)}; end if; end $verify$;"
            : query + ";";
    }

    private void RefuseSecrets()
    {
        foreach (var script in plan.Scripts)
        {
            if (script.Statements.All(text => mask.Apply(text) == text)) continue;
            throw new EngineException("PlanHoldsSecret", FailureKind.Refused, $"The plan cannot be written: {script.Name} contains the value of a secret variable.",
                "Run it with Invoke-Migration, which sends the value and stores it nowhere.", script.Name);
        }
    }

    private static string Terminated(string statement) => statement.TrimEnd().EndsWith(';') ? statement : statement + ";";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
