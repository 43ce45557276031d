using System.Text.RegularExpressions;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Finds out whether a statement may ask for a lock without waiting for it: NOWAIT would fail, and SKIP LOCKED do less, because somebody watches.</summary>
internal static partial class Impatience
{
    /// <summary>Also in what it may call: the bodies of all routines of the database.</summary>
    public static async Task<bool> IsInAsync(ScriptStep step, Session looker, CancellationToken cancellationToken)
    {
        if (Words().IsMatch(step.Text)) return true;
        await using var batch = new NpgsqlBatch(looker.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select exists (select from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
                where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                  and coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) ~* '\mnowait\M|\mskip(\s+|_)locked\M|\mlock_timeout\M')
            """));
        return await batch.ExecuteScalarAsync(cancellationToken) is true;
    }

    [GeneratedRegex(@"\bnowait\b|\bskip(?:\s+|_)locked\b|\block_timeout\b", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
