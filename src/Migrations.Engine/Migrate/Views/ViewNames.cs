using System.Text.RegularExpressions;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>Finds the views that the statements of a script name, by the search_path that each statement will have.</summary>
internal static partial class ViewNames
{
    /// <returns>By their oid; names that are no view now are left out.</returns>
    public static async Task<ILookup<long, ScriptStep>> ResolveAsync(
        Session session, IEnumerable<ScriptStep> steps, bool onlyQualified, CancellationToken cancellationToken)
    {
        var found = new List<(long Oid, ScriptStep Step)>();
        foreach (var step in steps)
        {
            if (SetsPath(step)) await SendAsync(session, step.Facts.Session == SessionChange.ResetAll ? "reset search_path" : step.Text, cancellationToken);
            foreach (var name in step.Facts.Views.Where(name => !onlyQualified || IsQualified(name)))
            {
                if (await OidAsync(session, name, cancellationToken) is { } oid) found.Add((oid, step));
            }
        }

        return found.ToLookup(pair => pair.Oid, pair => pair.Step);
    }

    /// <summary>What a later script will find: its path begins with that of its header.</summary>
    public static async Task<ILookup<long, ScriptStep>> ResolveLaterAsync(
        Session session, PlannedScript script, PlannedScript now, CancellationToken cancellationToken)
    {
        if (!script.Steps.Any(step => step.Facts.MakesView)) return Enumerable.Empty<ScriptStep>().ToLookup(_ => 0L);
        var path = script.Settings.SearchPath is { Count: > 0 } schemas ? string.Join(", ", schemas.Select(Identifier.Quote)) : "default";
        await SendAsync(session, $"set local search_path = {path}", cancellationToken);
        // "$user" in the path means another schema for another role.
        return await ResolveAsync(session, script.Steps, onlyQualified: script.Settings.RunAs != now.Settings.RunAs, cancellationToken);
    }

    private static Task<long?> OidAsync(Session session, string name, CancellationToken cancellationToken) =>
        session.Connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
            "select c.oid::bigint from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass(@name) and c.relkind in ('v', 'm')",
            new { name }, cancellationToken: cancellationToken));

    private static async Task SendAsync(Session session, string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool SetsPath(ScriptStep step) => step.Facts.Session == SessionChange.ResetAll || LocalPath().IsMatch(step.Text)
        || ((step.Facts.Session == SessionChange.Setting || step.Facts.Verb == "SET") && step.Text.Contains("search_path", StringComparison.OrdinalIgnoreCase));

    private static bool IsQualified(string name) => QuotedPart().Replace(name, "q").Contains('.', StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*select\s+(pg_catalog\s*\.\s*)?set_config\s*\(\s*'search_path'\s*,\s*'[^']*'\s*,\s*true\s*\)\s*;?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex LocalPath();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex QuotedPart();
}
