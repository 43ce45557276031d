using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Stands beside a run and sees each statement before and after the server has run it: a rehearsal looks at locks there, or forces a failure.
/// With a watcher a script is no longer one message but a message a statement, so a run for its own sake has none.
/// </summary>
internal interface IStepWatcher
{
    /// <summary>The statement goes out next. Inside a transaction the session may be asked.</summary>
    Task BeforeAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken);

    /// <summary>The server has run the statement, and has heard nothing since. What this throws is the script's failure.</summary>
    Task AfterAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken);
}
