using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// With which rights a script is run in the sandbox: with all, where its words say what it does; without those that reach beyond the database, where it
/// runs text that nobody can read beforehand. What would be no restraint is not run.
/// </summary>
internal sealed class RunRights(RehearsalServer server, IEnumerable<Script> hooks)
{
    private readonly string? _hook = hooks.Select(RunTimeText.Find).FirstOrDefault(found => found is not null);

    /// <returns>To be disposed behind the last run of the script; its note is for the report.</returns>
    /// <exception cref="RightsWithheld">It cannot be told what the script reaches.</exception>
    public async Task<RunLease> TakeAsync(Script script, Stage ground, CancellationToken cancellationToken)
    {
        var text = RunTimeText.Find(script) ?? _hook;
        var found = await ground.AskAsync(session => RunTimeGround.ReadAsync(session, ground.OwnSchemas, cancellationToken), cancellationToken);
        if (text is null && found.Routine is { } routine && (found.Listens || RunTimeText.MayCall(script))) text = $"It may call {routine}, which runs text that is only put together at run time";
        // Rows are placed with all rights, and a default or a check may call the routine.
        if (text is null) return new RunLease(null, null) { PlacesRows = found.Routine is null };
        if (found.Reach is { } reach) throw new RightsWithheld($"{text}, and the database has a way out: {reach}. So it is not known what it reaches, and it was not run.");
        var lease = await server.RestrainAsync(cancellationToken)
            ?? throw new RightsWithheld($"{text}, and here it could not be run without the rights of a superuser ({(server.Runner.CanBeRestrained ? "scripts have granted some" : "the server lets no new role log in")}). So it is not known what it reaches, and it was not run.");
        return new RunLease(lease, $"{text}; so it was rehearsed without the rights of a superuser, and can have reached neither a program nor a file of the server."
            + (RunTimeText.MayCatch(script) ? " It catches errors of every kind: a statement that failed for want of such a right would not be seen." : ""));
    }
}
