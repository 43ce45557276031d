using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The statement that takes rows from the staging table into the real one.</summary>
internal sealed class UpsertMerge(ImportRun run, CopyLane lane, IReadOnlyList<TargetColumn> columns)
{
    private readonly string _staging = lane.Target.Into;

    /// <summary>Merges rows and counts those that were there before.</summary>
    /// <param name="where">Which rows; empty: all.</param>
    /// <param name="before">Statements of ours in the same round trip.</param>
    /// <param name="after">See <paramref name="before"/>.</param>
    /// <exception cref="ServerException">The table refuses a row.</exception>
    /// <exception cref="EngineException">ImportCountDiffers.</exception>
    public async Task RunAsync(string where, IReadOnlyList<string> before, IReadOnlyList<string> after, CancellationToken cancellationToken)
    {
        var updated = await lane.CountAsync(before, Sql(where), after, cancellationToken);
        if (updated < 0) throw Taken();
        if (run.Plan.Into.IsPlain) run.Updated = (run.Updated ?? 0) + updated;
    }

    private string Sql(string where)
    {
        var key = run.Plan.Key.Columns;
        var names = string.Join(", ", columns.Select(column => Identifier.Quote(column.Name)));
        var changed = columns.Where(column => !key.Contains(column.Name) && !column.IsIdentityAlways).Select(column => Identifier.Quote(column.Name)).ToList();
        var overriding = columns.Any(column => column.IsIdentityAlways) ? "overriding system value " : "";
        var action = changed.Count == 0 ? "nothing" : $"update set {string.Join(", ", changed.Select(column => $"{column} = excluded.{column}"))}";
        // In the file's order, so that what is written at once lies together.
        var merge = $"insert into {run.Plan.Into.Name.Sql} ({names}) {overriding}select {names} from {_staging} {where} order by ctid on conflict ({string.Join(", ", key.Select(Identifier.Quote))}) do {action}";
        // xmax of a row that was inserted is 0; of a partitioned table it cannot be asked.
        var isNew = run.Plan.Into.IsPlain ? "xmax = 0" : "true";
        var isAll = changed.Count == 0 || run.Request.SkipsRowCount ? "true" : $"count(*) = (select count(*) from {_staging} {where})";
        return $"""
            with merged as ({merge} returning {isNew} as is_new)
            select case when {isAll} then count(*) filter (where not is_new) else -1 end from merged
            """;
    }

    private EngineException Taken() => new("ImportCountDiffers", FailureKind.Data, $"{run.Plan.Table} has taken fewer rows than were to be merged into it. {run.Tally.Kept}",
        "A trigger of the table takes rows away. If that is meant, say -SkipRowCount.", run.Plan.Table);
}
