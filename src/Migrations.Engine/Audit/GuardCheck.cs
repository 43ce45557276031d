using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Whether what keeps the record from being changed, and entries from being left out, is as the module made it: triggers, no rules, the index against forks.</summary>
internal static class GuardCheck
{
    private static readonly string[] s_triggers =
    [
        "events.append_only", "events.chain", "runs.append_only", "runs.name_actor", "scripts.append_only", "steps.append_only", "versions.append_only", "environments.append_only",
        "script_texts.append_only", "imports.append_only", "import_parts.append_only", "import_ends.append_only", "audit_head.one_row",
    ];

    public static async Task<IEnumerable<AuditFinding>> AskAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        const string sql = """
            select 'The trigger ' || g || ' is off or gone: rows could be changed, or added past the chain.' from unnest(@triggers) g
            where not exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = @schema::regnamespace and c.relname || '.' || t.tgname = g and t.tgenabled = 'A')
            union all
            select 'The rule ' || r.rulename || ' stands on ' || c.relname || ': entries may be left out.' from pg_rewrite r join pg_class c on c.oid = r.ev_class
            where c.relnamespace = @schema::regnamespace and c.relkind = 'r'
            union all
            select 'The trigger ' || t.tgname || ' on ' || c.relname || ' is not this module''s.' from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where c.relnamespace = @schema::regnamespace and not t.tgisinternal and not c.relname || '.' || t.tgname = any (@triggers)
            union all
            select 'The unique index events_prev_hash is gone: the chain could fork.'
            where not exists (select from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = @schema::regnamespace and c.relname = 'events_prev_hash' and i.indisunique and i.indisvalid)
            """;
        var rows = await ServerCall.RunAsync(() => session.Connection.QueryAsync<string>(new CommandDefinition(sql, new { triggers = s_triggers, schema = schema.Quoted }, cancellationToken: cancellationToken)), session.Secrets);
        return rows.Select(row => new AuditFinding(AuditState.Modified, null, row));
    }
}
