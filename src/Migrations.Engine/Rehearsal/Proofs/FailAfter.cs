using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Lets an attempt fail behind one of its statements.</summary>
internal sealed class FailAfter(ScriptKey key, int statement) : IStepWatcher
{
    public Task BeforeAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AfterAsync(Session session, PlannedScript script, ScriptStep step, CancellationToken cancellationToken) =>
        script.Key == key && step.Number == statement && script.SegmentOf(step) is not null ? throw new ForcedFailure(statement) : Task.CompletedTask;
}
