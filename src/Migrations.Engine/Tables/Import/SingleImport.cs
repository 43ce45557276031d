using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>One session, one transaction, all files.</summary>
internal sealed class SingleImport(ImportRun run)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var session = await run.Database.OpenAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var table = run.Lane(session);
        await ServerCalls.RunAsync(session, async () =>
        {
            await new ImportAccount(session, run).RefuseUnfinishedAsync(cancellationToken);
            await table.BeginAsync(cancellationToken);
            if (run.Request.Mode == ImportMode.Truncate) await Truncation.RunAsync(table, run, cancellationToken);
            var staging = run.Request.Mode == ImportMode.Upsert ? await UpsertStaging.CreateAsync(table, run, cancellationToken) : null;
            await LaneWork.LoadAsync(run.Load(table, staging), run.Feed(hashes: false), stop, cancellationToken);
            if (staging is not null) await staging.MergeAsync(cancellationToken);
            run.Settle();
            await AfterImport.AdvanceSequencesAsync(table, run, cancellationToken);
            await run.CheckConstraintsAsync(table, cancellationToken);
            await new SureCommit(run.Database, run.Activity, run.Clock).RunAsync(table, run.Plan.Table, cancellationToken);
        });
    }
}
