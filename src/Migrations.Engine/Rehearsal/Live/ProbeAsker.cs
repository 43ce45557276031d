using System.Diagnostics.CodeAnalysis;
using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Asks the target, each question in a read-only transaction of its own that neither lasts nor waits for long.</summary>
internal sealed class ProbeAsker(Session target, TimeSpan timeout)
{
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>What a lost connection leaves open is not asked, like what the target refuses.</summary>
    public async Task<IReadOnlyList<ProbeResult>> AskAsync(IReadOnlyList<DataProbe> probes, CancellationToken cancellationToken)
    {
        var results = new List<ProbeResult>();
        foreach (var probe in probes) results.Add(await AskAsync(probe, cancellationToken));
        return results;
    }

    private async Task<ProbeResult> AskAsync(DataProbe probe, CancellationToken cancellationToken)
    {
        var offence = target.Server.Major < 16 && probe.Offence?.Contains("pg_input_is_valid", StringComparison.Ordinal) == true ? probe.OffenceBefore16 : probe.Offence;
        if (probe.NotAskedBecause is { } reason) return NotAsked(probe, reason);
        if (target.IsBroken) return NotAsked(probe, "the connection was lost before it");
        if (offence is null && probe.Unique.Count == 0) return NotAsked(probe, $"PostgreSQL {target.Server.Major} has no harmless way to ask");
        try
        {
            return await ServerCall.RunAsync(() => AskAsync(probe, offence, cancellationToken), target.Secrets);
        }
        catch (ServerException refused)
        {
            return NotAsked(probe, Reason(probe, refused));
        }
        catch (EngineException lost)
        {
            return NotAsked(probe, lost.Message);
        }
    }

    private async Task<ProbeResult> AskAsync(DataProbe probe, string? offence, CancellationToken cancellationToken)
    {
        await using var transaction = await ReadOnlyTransaction.BeginAsync(target, timeout, s_lockPatience, cancellationToken);
        var key = (await target.Connection.QueryAsync<string>(new CommandDefinition(
            """
            select a.attname::text
            from pg_catalog.pg_index as i
            cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality as u(num, n)
            join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = u.num
            where i.indrelid = @relation::pg_catalog.regclass and i.indisprimary and u.n <= i.indnkeyatts
            order by u.n
            """, new { relation = probe.Relation }, cancellationToken: cancellationToken))).AsList();
        var locator = key.Count == 0 ? "'ctid = ' || t.ctid::text" : string.Join(" || ', ' || ", key.Select(column => $"{Literal($"{column} = ")} || t.{Identifier.Quote(column)}::text"));
        var offenders = await FirstAsync(Sql(probe, offence, locator), cancellationToken);
        if (offenders is null) return new(probe.Relation, probe.What, ProbeOutcome.Holds, $"Every row of {probe.Relation} obeys at this moment: {probe.What}.", null);
        return new(probe.Relation, probe.What, ProbeOutcome.Offends, probe.Unique.Count > 0
            ? $"{probe.Deed} will fail: two rows of {probe.Relation} have the same key, {offenders}."
            : $"{probe.Deed} will fail: first offending {(key.Count == 0 ? "row" : "key")} {offenders}.", offenders);
    }

    private static string Sql(DataProbe probe, string? offence, string locator)
    {
        if (probe.Unique.Count > 0)
        {
            var keys = string.Join(", ", probe.Unique);
            var conditions = probe.NullsAreTheSame ? [] : probe.Unique.Select(expression => $"{expression} is not null").ToList();
            if (probe.Where is not null) conditions.Add(probe.Where);
            var where = conditions.Count == 0 ? "" : $"where {string.Join(" and ", conditions.Select(condition => $"({condition})"))} ";
            return $"select pg_catalog.min({locator}) || ' and ' || pg_catalog.max({locator}) from {probe.Relation} as t {where}group by {keys} having pg_catalog.count(*) > 1 limit 1";
        }

        if (probe.Value is not { } value) return $"select {locator} from {probe.Relation} as t where {offence} limit 1";
        // The check of a domain calls its value VALUE, and the row may have a column of that name.
        return $"select {locator} from {probe.Relation} as t cross join lateral (select t.{Identifier.Quote(value)} as value offset 0) as v where (select {offence} from (select v.value) as x(value)) limit 1";
    }

    [SuppressMessage("Security", "CA2100", Justification = "Expressions of the schema itself, in a read-only transaction.")]
    private async Task<string?> FirstAsync(string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(target.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        return await batch.ExecuteScalarAsync(cancellationToken) as string;
    }

    private string Reason(DataProbe probe, ServerException refused) => refused.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled => $"the answer took longer than {timeout.TotalSeconds:0.###} s",
        PostgresErrorCodes.LockNotAvailable => $"somebody holds a lock on {probe.Relation}",
        PostgresErrorCodes.UndefinedTable => $"{refused.MessageText}: it is made by a script that has not run on the target",
        PostgresErrorCodes.UndefinedColumn => "a column that it reads does not exist in the target yet",
        PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidSchemaName or "42804" => $"the target has not what the question needs yet: {refused.MessageText}",
        PostgresErrorCodes.InsufficientPrivilege => Missing(probe, refused),
        _ => $"the target refused the question: {refused.SqlState}: {refused.MessageText}",
    };

    private string Missing(DataProbe probe, ServerException refused)
    {
        var role = Identifier.Quote(target.Server.Role);
        if (refused.MessageText.Contains("row-level security", StringComparison.Ordinal)) return $"row-level security hides rows of {probe.Relation} from {role}; ask as a role with BYPASSRLS";
        var schema = refused.MessageText.StartsWith("permission denied for schema ", StringComparison.Ordinal) ? refused.MessageText["permission denied for schema ".Length..] : null;
        var grant = schema is not null ? $"GRANT USAGE ON SCHEMA {Identifier.Quote(schema)} TO {role}"
            : refused.MessageText.Contains("function", StringComparison.Ordinal) ? $"GRANT EXECUTE on that function TO {role}"
            : $"GRANT SELECT ON {probe.Relation} TO {role}";
        return $"a right is missing ({refused.MessageText}): {grant}";
    }

    public static ProbeResult NotAsked(DataProbe probe, string reason) => new(probe.Relation, probe.What, ProbeOutcome.NotAsked, $"{probe.What} was not asked of the target: {reason}.", null);

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
