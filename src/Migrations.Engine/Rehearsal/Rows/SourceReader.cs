using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Reads some rows of each table of the source and the parents of what it read, in one read-only moment. A table that cannot be read is left
/// out with the reason, and the others are read all the same.
/// </summary>
internal sealed class SourceReader(Session source, int rowsPerTable, TimeSpan timeout)
{
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>Chains of parents beyond this many generations are cut; their rows find no parent and are left out.</summary>
    private const int Generations = 20;

    /// <param name="wanted">Of the sandbox, children last.</param>
    public async Task<Dictionary<long, SampledTable>> ReadAsync(RowSchema schema, IReadOnlyList<RowTable> wanted, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken)
    {
        await using var transaction = await ReadOnlyTransaction.BeginAsync(source, timeout, s_lockPatience, cancellationToken, "begin isolation level repeatable read read only");
        await ExecuteAsync(
            "set local datestyle = 'ISO, YMD'", "set local timezone = 'UTC'", "set local intervalstyle = 'postgres'",
            "set local extra_float_digits = 3", "set local bytea_output = 'hex'", "set local search_path = ''", "savepoint migrations_sample");
        var theirs = (await RowSchema.ReadAsync(source, withoutSchemas, cancellationToken)).Tables.Values.ToDictionary(table => table.FullName);
        var sampled = new Dictionary<long, SampledTable>();
        foreach (var table in wanted)
        {
            var there = theirs.GetValueOrDefault(table.FullName);
            var columns = table.Columns.Where(column => column.Generated is null && there?.Columns.Exists(other => other.Name == column.Name && other.TypeName == column.TypeName) == true).ToList();
            var sample = sampled[table.Oid] = new SampledTable(table, columns);
            var missing = table.Columns.Find(column => column.Generated is null && schema.IsNeverNull(column) && !columns.Contains(column));
            if (there is null) sample.Reason = "the source has no such table";
            else if (missing is not null) sample.Reason = $"the source has no column {missing.Name} of type {missing.TypeName}";
            // An order would read the whole table where no index serves it.
            else await TakeAsync(sample, $"limit {rowsPerTable}", [], cancellationToken);
        }

        for (var generation = 0; generation < Generations; generation++)
        {
            var more = 0;
            foreach (var sample in sampled.Values.Where(sample => sample.Reason is null).ToList())
            {
                foreach (var reference in sample.Table.References) more += await ParentsAsync(schema, sampled, sample, reference, cancellationToken);
            }

            if (more == 0) break;
        }

        return sampled;
    }

    private async Task<int> ParentsAsync(RowSchema schema, Dictionary<long, SampledTable> sampled, SampledTable child, RowReference reference, CancellationToken cancellationToken)
    {
        var own = reference.Columns.Select(child.IndexOf).ToArray();
        if (own.Contains(-1)) return 0;
        var keys = child.Rows.Select(row => own.Select(i => row[i]).ToArray()).Where(key => key.All(value => value is not null)).DistinctBy(key => string.Join('\0', key)).ToList();
        if (keys.Count == 0) return 0;
        var more = 0;
        foreach (var parent in schema.LeavesOf(reference.Parent).Select(leaf => sampled.GetValueOrDefault(leaf.Oid)).OfType<SampledTable>().Where(parent => parent.Reason is null))
        {
            var at = reference.ParentColumns.Select(parent.IndexOf).ToArray();
            if (at.Contains(-1)) continue;
            var known = parent.Rows.Select(row => string.Join('\0', at.Select(i => row[i]))).ToHashSet(StringComparer.Ordinal);
            var unknown = keys.Where(key => !known.Contains(string.Join('\0', key))).ToList();
            if (unknown.Count == 0) continue;
            var lists = string.Join(", ", at.Select((i, n) => $"${n + 1}::pg_catalog.text[]::{parent.Columns[i].TypeName}[]"));
            var match = string.Join(" and ", at.Select((i, n) => $"t.{Identifier.Quote(parent.Columns[i].Name)} = k.\"~{n}\""));
            more += await TakeAsync(parent, $"join (select * from unnest({lists}) as u({string.Join(", ", at.Select((_, n) => $"\"~{n}\""))})) as k on {match}",
                [.. at.Select((_, n) => unknown.Select(key => key[n]).ToArray())], cancellationToken);
        }

        return more;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Names come quoted from the catalog, values as parameters.")]
    private async Task<int> TakeAsync(SampledTable sample, string which, string?[][] parameters, CancellationToken cancellationToken)
    {
        var columns = string.Concat(sample.Columns.Select(column => $", t.{Identifier.Quote(column.Name)}::text"));
        try
        {
            var more = 0;
            await using var batch = new NpgsqlBatch(source.Connection);
            var command = new NpgsqlBatchCommand($"select t.tableoid::text || t.ctid::text{columns} from only {sample.Table.FullName} as t {which}");
            foreach (var values in parameters) command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = values });
            batch.BatchCommands.Add(command);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = new string?[sample.Columns.Count];
                for (var i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i + 1) ? null : reader.GetString(i + 1);
                if (sample.Add(reader.GetString(0), row)) more++;
            }

            return more;
        }
        catch (PostgresException refused) when (!SqlStateFacts.IsConnectionLost(refused.SqlState))
        {
            await ExecuteAsync("rollback to savepoint migrations_sample");
            sample.Reason = refused.SqlState == PostgresErrorCodes.InsufficientPrivilege
                ? $"the source refused ({refused.MessageText}): GRANT SELECT ON {sample.Table.FullName} TO {Identifier.Quote(source.Server.Role)}"
                : $"the source refused with {refused.SqlState}";
            sample.Rows.Clear();
            return 0;
        }
    }

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var batch = new NpgsqlBatch(source.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync();
    }
}
