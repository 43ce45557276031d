using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Ends the runner's backend behind one statement: the server has run it, and nobody has recorded it.</summary>
internal sealed class CrashAfter(RehearsalServer server, ScriptKey key, int statement) : IStepWatcher
{
    public bool Struck { get; private set; }

    public Task BeforeAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AfterAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken)
    {
        if (Struck || script.Key != key || step.Number != statement || script.SegmentOf(step) is null) return;
        Struck = true;
        await server.TerminateAsync(session.BackendPid, cancellationToken);
    }
}
