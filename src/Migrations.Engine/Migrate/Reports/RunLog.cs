using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A file with one JSON object a line for each event of a run, for log collectors; module/schemas/run-log.schema.json describes it. Lines are appended
/// and flushed one by one. No value holds a secret.
/// </summary>
/// <param name="mask">Asked at every line: secrets may become known later than the log.</param>
public sealed class RunLog(string path, Func<SecretMask> mask, IActivity activity, TimeProvider clock) : IRunObserver, IAsyncDisposable
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Lock _gate = new();
    private FileStream? _file;
    private bool _isBroken;
    private Guid? _runId;
    private string? _script;
    private long _began;
    private Exception? _told;

    /// <summary>Opens the file, so that a log that cannot be written is known before anything runs.</summary>
    /// <exception cref="EngineException">LogNotWritable.</exception>
    public void Open()
    {
        try
        {
            _file ??= new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new EngineException("LogNotWritable", FailureKind.Resource, $"The run log {path} cannot be written: {failure.Message} Nothing was run.",
                "Make its folder, and let this user write there; or leave -LogFile out.", path);
        }
    }

    public void RunStarted(Guid runId, MigrationPlan plan, RunTarget target)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(target);
        (_runId, _began) = (runId, clock.GetTimestamp());
        var actor = Actor.Current();
        Write("RunStarted", new()
        {
            Kind = plan.Kind, Host = target.Host, Port = target.Port, Database = target.Database, Role = target.Role, Environment = target.Environment,
            ServerVersion = target.ServerVersion, Scripts = plan.Scripts.Count, By = $"{actor.OsUser}@{actor.Host}", ProcessId = actor.ProcessId, Module = actor.Module,
        });
    }

    public void ScriptStarted(Guid runId, PlannedScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        _script = script.Name;
        Write("ScriptStarted", new() { Version = script.Version, Script = script.Name, Direction = script.Direction.ToString(), Path = script.Path });
    }

    public void ScriptEnded(MigrationResult result, Exception? failure)
    {
        ArgumentNullException.ThrowIfNull(result);
        var line = (failure as EngineException) is { } known ? Told(known) : new RunLogLine { Message = failure is null ? null : "Cancelled by the user." };
        _told = failure;
        Write(failure is null && result.Outcome != MigrationOutcome.AlreadyApplied ? "ScriptSucceeded" : failure is null ? "ScriptAlreadyApplied" : "ScriptFailed", line with
        {
            Version = result.Version, Script = result.Name, Direction = result.Direction, Path = result.Path, Seconds = Math.Round(result.Duration.TotalSeconds, 3),
            Statements = result.Statements, Retries = result.Retries, BlockedBy = result.BlockedBy, By = result.By,
        });
        _script = null;
    }

    public void RunEnded(Guid runId, string outcome, int succeeded) =>
        Write("RunEnded", new() { Outcome = outcome, Succeeded = succeeded, Seconds = Math.Round(clock.GetElapsedTime(_began).TotalSeconds, 3) });

    /// <summary>A message of the server, under the script that it came from.</summary>
    public void Notice(ServerNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        Write("Notice", new() { Script = _script, Severity = notice.Severity, SqlState = notice.SqlState, Message = notice.Message, Detail = notice.Detail, Hint = notice.Hint });
    }

    /// <summary>There was nothing pending.</summary>
    public void NothingToDo(RunTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Write("NothingToDo", new() { Host = target.Host, Port = target.Port, Database = target.Database, Role = target.Role, Environment = target.Environment });
    }

    /// <summary>What ended the command outside a script: a refusal, a connection, a lock. What a script's line has told already is not told again.</summary>
    public void Failed(EngineException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (!ReferenceEquals(failure, _told)) Write("RunRefused", Told(failure));
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null) await _file.DisposeAsync();
    }

    private static RunLogLine Told(EngineException failure)
    {
        var place = failure switch { MigrationFailedException server => server.SourcePosition, ScriptException script => script.Position, _ => null };
        return new RunLogLine
        {
            ErrorId = failure.ErrorId, Category = failure.Kind, SqlState = failure.SqlState, Message = failure.Message, Advice = failure.Advice,
            File = place?.File, Line = place?.Line, Column = place?.Column,
        };
    }

    private void Write(string name, RunLogLine line)
    {
        var secrets = mask();
        var text = JsonSerializer.Serialize(line.Masked(secrets) with { At = clock.GetUtcNow().UtcDateTime, Event = name, RunId = _runId }, s_json) + "\n";
        lock (_gate)
        {
            if (_isBroken) return;
            try
            {
                if (_file is null) Open();
                // One write a line: two runs may share a file.
                _file!.Write(Encoding.UTF8.GetBytes(text));
                _file.Flush();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or EngineException)
            {
                // A full disk of the log must not stop a change in its midst.
                _isBroken = true;
                activity.Warn($"The run log {path} ends here: {failure.Message} The run goes on; history has the rest.");
            }
        }
    }
}
