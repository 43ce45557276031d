using System.Globalization;
using System.Text;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Writes a plan as a psql script for a DBA who runs it by hand: the very commands of the runner, in the same transactions, history rows included.
/// It refuses another database, a standby, and a history that has moved on since it was written.
/// </summary>
public sealed class PlanFile
{
    private readonly MigrationPlan _plan;
    private readonly SecretMask _mask;
    private readonly TimeProvider _clock;
    private readonly Journal _journal;
    private readonly Guid _runId = Guid.CreateVersion7();

    public PlanFile(MigrationPlan plan, SecretMask mask, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _mask = mask;
        _clock = clock;
        _journal = new Journal(plan.Request.History);
    }

    /// <summary>Writes the file beside its place first, so that a half-written plan never bears the name.</summary>
    /// <exception cref="EngineException">PlanHoldsSecret, PlanHoldsBinary, PlanHoldsDataFiles, PlanNotWritable.</exception>
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

    /// <exception cref="EngineException">PlanHoldsSecret: a statement contains the value of a secret variable. PlanHoldsBinary: a binary COPY. PlanHoldsDataFiles: CSV files of its folder.</exception>
    public async Task WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (var script in AllScripts) RefuseUnwritable(script);
        await foreach (var line in Lines().WithCancellation(cancellationToken))
        {
            await output.WriteAsync(line.AsMemory(), cancellationToken);
            await output.WriteAsync('\n');
        }
    }

    /// <summary>With the hooks of the run. An on-error hook has no place in a file: psql stops at the first error.</summary>
    private IEnumerable<PlannedScript> AllScripts => new[] { _plan.Hooks.BeforeRun }.Concat(_plan.Scripts).Append(_plan.Hooks.AfterRun).OfType<PlannedScript>();

    private async IAsyncEnumerable<string> Lines()
    {
        var schema = _plan.Request.History;
        yield return "-- A plan of the Migrations module, to be run by hand: psql -X -f THIS_FILE \"connection\"";
        yield return $"-- Written {_clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC for {OneLine(_plan.Target.ToString())}";
        yield return $"-- {_plan.Scripts.Count} {(_plan.Scripts.Count == 1 ? "script" : "scripts")}, {_plan.Direction.ToString().ToLowerInvariant()}. It stops at the first error; what is committed then is in history.";
        yield return "\\set ON_ERROR_STOP on";
        yield return "\\set AUTOCOMMIT on";
        yield return "\\encoding UTF8";
        yield return PsqlAssertion.Refuse($"current_database() <> {Literal.Quote(_plan.Target.Database)}", $"this plan was made for the database {_plan.Target.Database}");
        yield return PsqlAssertion.Refuse("pg_is_in_recovery()", "this server is a standby");
        yield return PsqlAssertion.Refuse($"not pg_try_advisory_lock({schema.LockKey})", "another run holds the run lock");
        foreach (var line in _plan.InstallsHistory ? Installation() : [.. Unmoved(), .. Upgrade()]) yield return line;

        yield return _journal.RunStarted(_runId, _plan.Kind, Actor.Current(), _plan.Project).ToLiteralSql() + ";";
        foreach (var script in AllScripts)
        {
            yield return "";
            yield return $"-- {OneLine(script.Name)} ({OneLine(script.Path)}), {script.Direction.ToString().ToLowerInvariant()}: {OneLine(script.Title)}";
            var program = new ScriptProgram(script, script.Attempt(_runId), _journal, _plan.Request);
            foreach (var command in program.Started.Concat(program.Parts(() => 0).SelectMany(part => part.Commands))) yield return await TextOf(command);
            // RESET ALL took the encoding back to the terminal's.
            yield return "\\encoding UTF8";
        }

        yield return "";
        yield return _journal.RunEnded(_runId, "Succeeded", _plan.Scripts.Count).ToLiteralSql() + ";";
        yield return $"select pg_advisory_unlock({schema.LockKey});";
    }

    private IEnumerable<string> Installation() =>
    [
        "begin;",
        .. HistoryLayout.Statements(_plan.Request.History).Select(statement => statement + ";"),
        _journal.Installed(Actor.Current()).ToLiteralSql() + ";",
        "commit;",
    ];

    private IEnumerable<string> Upgrade() => _plan.Presence.UpgradeOf(_plan.Request.History) is not { } upgrade ? [] :
    [
        "begin;",
        .. upgrade.Statements.Select(statement => statement + ";"),
        _journal.Upgraded(_plan.Presence.LayoutVersion!.Value, Actor.Current()).ToLiteralSql() + ";",
        "commit;",
    ];

    private IEnumerable<string> Unmoved() =>
    [
        PsqlAssertion.Refuse(
            $"(select max(version) from {_plan.Request.History.Quoted}.versions) <> {_plan.Presence.LayoutVersion}",
            "the history schema has another layout since this plan was written: write it again"),
        PsqlAssertion.Refuse(
            $"exists (select from {_plan.Request.History.Quoted}.events where attempt_id is not null and event_id > {_plan.LastEventId})",
            "scripts have run since this plan was written: write it again"),
    ];

    private static async Task<string> TextOf(Command command) => command switch
    {
        Command.Plain plain => plain.Sql + ";",
        Command.Own own => own.Statement.ToLiteralSql() + ";",
        Command.Look look => look.Statement.ToLiteralSql() + ";",
        Command.Step { Statement: { Data: { } rows } step } => $"{Terminated(step.Text)}\n{await RowsOf(rows)}\\.",
        Command.Step step => Terminated(step.Statement.Text),
        Command.Question question => PsqlAssertion.Of(question.Statement,
            question.IsCheck ? "the check of this script does not hold here" : "what this script promises to verify is not true after it ran"),
        _ => throw new InvalidOperationException($"A {command.GetType().Name} has no text."),
    };

    /// <summary>The rows as they are, closed by a line end when they have none.</summary>
    private static async Task<string> RowsOf(CopySource rows)
    {
        using var bytes = new MemoryStream();
        await rows.WriteToAsync(bytes, CancellationToken.None);
        var text = Encoding.UTF8.GetString(bytes.ToArray());
        return text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";
    }

    private void RefuseUnwritable(PlannedScript script)
    {
        if (script.DataFiles.Count > 0)
        {
            throw new EngineException("PlanHoldsDataFiles", FailureKind.Refused, $"The plan cannot be written: {script.Name} loads CSV files of its folder ({string.Join(", ", script.DataFiles.Select(Path.GetFileName))}), and how they are read is found out from the file and the table when it runs.",
                "Run it with Invoke-Migration; or name the files in the script with \\copy, which a plan can hold.", script.Name);
        }

        foreach (var step in script.Segments.SelectMany(segment => segment.Steps).Concat(script.Check).Concat(script.Verify).Concat(script.Before).Concat(script.After))
        {
            if (step.Text != step.SourceText && _mask.Apply(step.Text) != step.Text)
            {
                throw new EngineException("PlanHoldsSecret", FailureKind.Refused, $"The plan cannot be written: {script.Name} contains the value of a secret variable.",
                    "Run it with Invoke-Migration, which sends the value and stores it nowhere.", script.Name);
            }

            if (step.Data is not null && CopyIn.IsBinary(step.Text))
            {
                throw new EngineException("PlanHoldsBinary", FailureKind.Refused, $"The plan cannot be written: {script.Name} copies binary rows, which psql reads from no script.",
                    "Run it with Invoke-Migration.", script.Name);
            }
        }
    }

    private static string Terminated(string statement) => statement.TrimEnd().EndsWith(';') ? statement : statement + "\n;";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
