using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// Merges in pieces what the table has refused as a whole, for its unique and foreign keys or the word of a trigger: a piece that is refused is
/// cut until the bad row stands alone, which is set aside as if COPY had refused it. Pieces grow again behind it.
/// </summary>
internal sealed class PiecewiseMerge(ImportRun run, CopyLane lane, UpsertMerge merge, StagedText text)
{
    private const string Places = "pg_temp.migrations_import_place";

    // Released when it is rolled back too: each that stays open holds a lock of the server and makes every later look slower.
    private static readonly string[] s_try = ["savepoint import_merged"];
    private static readonly string[] s_keep = ["release savepoint import_merged"];
    private static readonly string[] s_back = ["rollback to savepoint import_merged", "release savepoint import_merged"];

    /// <summary>Numbers the rows, as long as all that were staged are there.</summary>
    /// <returns>How many there are.</returns>
    public Task<long> NumberAsync(CancellationToken cancellationToken) => lane.CountAsync(
        [
            $"create temporary table migrations_import_place on commit drop as select pg_catalog.row_number() over (order by ctid) as row, ctid as place from {lane.Target.Into}",
            $"create unique index on {Places} (row)",
        ], $"select pg_catalog.count(*) from {Places}", [], cancellationToken);

    public async Task RunAsync(long rows, CancellationToken cancellationToken)
    {
        if (rows != text.Staged)
        {
            throw new EngineException("ImportCountDiffers", FailureKind.Data, $"{rows:N0} rows wait to be merged into {run.Plan.Table}, and {text.Staged:N0} were sent: which one the table refuses cannot be told. {run.Tally.Kept}",
                "Please report this, with the import that led to it.", run.Plan.Table);
        }

        await EnsureNotForAllAsync(cancellationToken);
        var reader = text.Open(run.StagedSource);
        var size = Smaller(rows);
        for (var at = 1L; at <= rows;)
        {
            var last = Math.Min(rows, at + size - 1);
            if (await TryAsync(at, last, cancellationToken) is not { } failure)
            {
                at = last + 1;
                run.Progress.Merging(last, rows);
                size = Math.Min(size * 2, rows);
            }
            else if (last > at)
            {
                size = Smaller(last - at + 1);
            }
            else
            {
                SetAside(reader.Find(at, cancellationToken), failure);
                at++;
            }
        }
    }

    /// <summary>What refuses a statement without rows, a statement trigger for one, blames no row, and all of them would be set aside.</summary>
    /// <exception cref="EngineException">UpsertRefused.</exception>
    private async Task EnsureNotForAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await merge.RunAsync("where false", s_try, s_keep, cancellationToken);
        }
        catch (ServerException failure) when (failure.InnerException is PostgresException refused && RowFault.IsOfTheRow(refused))
        {
            throw new EngineException("UpsertRefused", failure.Kind, $"{run.Plan.Table} refuses every upsert, also one without rows: {failure.SqlState}: {failure.MessageText} {run.Tally.Kept}",
                "A statement trigger says so, not a row. Ask whoever made it.", run.Plan.Table, failure);
        }
    }

    private static long Smaller(long rows) => Math.Max(1, rows / 8);

    private async Task<PostgresException?> TryAsync(long first, long last, CancellationToken cancellationToken)
    {
        try
        {
            await merge.RunAsync($"where ctid between (select place from {Places} where row = {first}) and (select place from {Places} where row = {last})", s_try, s_keep, cancellationToken);
            return null;
        }
        catch (ServerException failure) when (failure.InnerException is PostgresException refused && RowFault.IsOfTheRow(refused))
        {
            await lane.ExecuteAsync(s_back, cancellationToken);
            return refused;
        }
    }

    private void SetAside(StagedRecord record, PostgresException failure)
    {
        run.Quarantines[record.File].Add(record.Bytes.Span, record.Line, failure.ColumnName, failure);
        run.Tally[record.File].TakeBack();
        run.Request.MaxErrors.Check(run.Tally);
    }
}
