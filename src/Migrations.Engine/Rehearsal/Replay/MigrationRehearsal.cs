using System.Runtime.CompilerServices;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Rehearses what is pending: builds the schema of the target on a throw-away server, runs each pending script there for real, and reports what the
/// server showed and what could be proven. The target is only read.
/// </summary>
/// <param name="target">Null: there is none, and every script is pending.</param>
public sealed class MigrationRehearsal(Database? target, ScriptProject project, RehearsalRequest request, IActivity activity, TimeProvider clock)
{
    /// <summary>One report a script, as it is ready. A script that fails is a report, and so are those behind it.</summary>
    /// <exception cref="EngineException">Nothing could be rehearsed: no target, no server, or what has run on the target does not run here.</exception>
    public async IAsyncEnumerable<MigrationReport> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var facts = target is null ? null : await new TargetReader(target, project, request).ReadAsync(cancellationToken);
        var start = facts?.Start ?? StartingPoint.Nothing(project, request.Run);
        if (start.Pending.Count == 0) yield break;

        var examination = facts is null ? Examination.WithoutTarget(clock) : Examination.Of(target!, facts, request, clock);
        await using var server = await RehearsalServer.StartAsync(request.Sandbox, facts?.Server.Major, activity, clock, cancellationToken);
        if (facts is not null) server.EnsureIsNot(facts.Server, facts.Address);
        var notes = (string[])[.. start.Notes, .. MajorNote(server, facts?.Server), .. RoleNote(facts?.Server)];
        await using var schema = new BaseSchema(server, project, request.Run, activity, clock) { MakesRoles = facts is null };
        await server.EnsureRolesAsync(start.Roles.Except(ScriptRoles.Of(start.Applied)), cancellationToken);
        if (facts is not null) await server.EnsureNameAsync(facts.Server.Database, cancellationToken);
        // Nobody is to blame for what the sandbox lacks: the scripts are named all the same.
        var failed = await BuildAsync(schema, start, cancellationToken);

        await using var source = request.SampleFrom is { } options ? new Database(options, activity) : null;
        var sampler = source is null ? null : new RowSampler(source, request.ProbeTimeout);
        var earlier = start.Applied.Concat(project.Hooks.Values).ToList();
        for (var index = 0; index < start.Pending.Count; index++)
        {
            var script = start.Pending[index];
            activity.Progress(new ActivityProgress(0, "Rehearsing", script.Name, 100 * index / start.Pending.Count));
            var began = clock.GetTimestamp();
            var report = failed is null
                ? await RehearseAsync(schema, sampler, script, earlier, cancellationToken)
                : Unproven(script, failed);
            if (report.Error is not null || report.SchemaAfter is null) failed ??= $"{script.Name} before it {(report.Error is null ? "was not rehearsed to its end" : "failed")}.";
            report = report with { ServerVersion = server.Version, TargetVersion = facts?.Server.Version.Split(' ')[0], TargetSchema = facts?.Schema, Notes = [.. notes, .. report.Notes] };
            report = await WeighAsync(examination, report, script, schema, cancellationToken);
            earlier.Add(script);
            report = ReportMask.Apply(report, Stage.SecretsOf(project));
            yield return report with { Duration = clock.GetElapsedTime(began) };
        }

        activity.Progress(new ActivityProgress(0, "Rehearsing", "", Completed: true));
    }

    /// <returns>What the sandbox lacks; null when the schema is built.</returns>
    private async Task<string?> BuildAsync(BaseSchema schema, StartingPoint start, CancellationToken cancellationToken)
    {
        if (request.From == SchemaSource.Scripts && OutsideReach.Find([.. start.Applied, .. project.Hooks.Values], request.Sandbox is null) is { } reach)
        {
            throw new EngineException("RehearsalNotPossible", FailureKind.Refused, $"What has run on the target is not run again here: {reach}",
                "Load a dump of the target's schema instead: -From Dump.", project.Root);
        }

        try
        {
            if (request.From == SchemaSource.Dump && target is not null) await schema.LoadAsync(target, cancellationToken);
            else await schema.ReplayAsync([.. start.Applied.Select(script => new BuildStep(script, null))], null, null, cancellationToken);
            return null;
        }
        catch (EngineException failure) when (failure is not RightsWithheld && MissingParts.ReasonOf(failure) is { } reason)
        {
            return $"The schema that it would find could not be built: {reason}{(request.From == SchemaSource.Dump ? ", or build it from the scripts: -From Scripts." : ", or load a dump of the target's schema: -From Dump.")}";
        }
        catch (EngineException failure) when (failure.ErrorId is not ("PgDumpNotFound" or "PgDumpFailed"))
        {
            throw new EngineException("RehearsalNotPossible", FailureKind.Refused,
                $"The schema that the pending scripts would find could not be built in the sandbox: {MissingParts.ReasonOf(failure) ?? failure.Message}",
                request.From == SchemaSource.Dump
                    ? "Name a server that has what is missing with -SandboxConnection, or build the schema from the scripts: -From Scripts."
                    : "Name a server that has what is missing with -SandboxConnection, or load a dump of the target's schema: -From Dump.", project.Root, failure);
        }
    }

    /// <summary>Whatever ends it, what was seen until then is in the report, and the reports before it are out.</summary>
    private async Task<MigrationReport> RehearseAsync(BaseSchema schema, RowSampler? sampler, Script script, IReadOnlyList<Script> earlier, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.TimeLimit);
        ScriptRehearsal? rehearsal = null;
        try
        {
            if ((OutsideReach.Find(script, earlier, request.Sandbox is null) ?? OutsideReach.Find(project.Hooks.Values, request.Sandbox is null)) is { } reach) return Unproven(script, reach);
            await using var rights = await schema.RightsAsync(script, limit.Token);
            rehearsal = new ScriptRehearsal(schema, rights.PlacesRows ? request.RowsPerTable : 0, sampler, clock);
            MigrationReport? report = null;
            await schema.WithRolesAsync(async () => report = await rehearsal.RunAsync(script, limit.Token), limit.Token);
            if (report is { Error: null, SchemaAfter: not null }) await schema.AdvanceAsync(script, limit.Token);
            if (rights.Note is { } note) report = report! with { Notes = [.. report.Notes, note] };
            return schema.MadeRoles.Count == 0 ? report! : report! with { Notes = [.. report.Notes, $"Roles that are not there were made for it, without a right: {string.Join(", ", schema.MadeRoles.Distinct())}."] };
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Unproven(script, $"It did not end within {request.TimeLimit.TotalSeconds:0} s and was stopped (-TimeLimit).", rehearsal?.SoFar);
        }
        catch (EngineException lacking) when (MissingParts.ReasonOf(lacking) is { } reason)
        {
            return Unproven(script, reason, rehearsal?.SoFar);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (!await schema.Server.AnswersAsync())
                return Unproven(script, $"The server on which it was rehearsed does not answer any more: {failure.Message}", rehearsal?.SoFar);
            return failure is EngineException known
                ? (rehearsal?.SoFar ?? ScriptRehearsal.ReportOf(script)) with { Error = ReportError.Of(known) }
                : Unproven(script, $"The rehearsal itself failed: {failure.Message}", rehearsal?.SoFar);
        }
    }

    private static MigrationReport Unproven(Script script, string reason, MigrationReport? soFar = null) => (soFar ?? ScriptRehearsal.ReportOf(script)) with
    {
        Proofs = [.. new[] { AtomicProof.Name, ResumableProof.Name, ReversibleProof.Name, ReversibleProof.AgainName, IdempotentProof.Name }
            .Select(name => new Proof(name, ProofVerdict.Unproven, reason) { IsClaimed = name != IdempotentProof.Name })],
    };

    private static async Task<MigrationReport> WeighAsync(Examination examination, MigrationReport report, Script script, BaseSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            return await examination.AddAsync(report, script, schema, cancellationToken);
        }
        catch (Exception failure) when (failure is EngineException or Npgsql.NpgsqlException or InvalidOperationException)
        {
            return report with { Notes = [.. report.Notes, $"What it does could not be weighed with the target: {failure.Message}"] };
        }
    }

    /// <summary>Everything here belongs to the runner, who is a superuser: nobody was asked for a right.</summary>
    private static IEnumerable<string> RoleNote(ServerFacts? target)
    {
        if (target is { IsSuperuser: false })
            yield return $"On the target it would run as {target.Role}, who is no superuser; whether that role has every right that it needs was not rehearsed.";
    }

    private static IEnumerable<string> MajorNote(RehearsalServer server, ServerFacts? target)
    {
        if (target is not null && target.Major != server.Major)
            yield return $"The target is PostgreSQL {target.Major}, and this was rehearsed on {server.Version}: locks and rewrites may differ.";
    }
}
