using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The table that rows go into, and what of it decides how they can be loaded.</summary>
/// <param name="IsPlain">An ordinary table of the heap, no partition tree.</param>
/// <param name="IsSelfReferencing">A row may need one that stands further down in the file: everything has to be one statement, or be checked at the end.</param>
internal sealed record TargetTable(RelationName Name, IReadOnlyList<TargetColumn> Columns, bool IsPlain, bool IsSelfReferencing, bool HasStatementTriggers, bool HasRowTriggers, bool IsTemporary)
{
    public override string ToString() => Name.ToString();

    /// <exception cref="EngineException">TableNotFound, ImportTargetRefused.</exception>
    public static async Task<TargetTable> ReadAsync(Session session, string given, CancellationToken cancellationToken)
    {
        var name = await RelationName.ResolveAsync(session, given, cancellationToken);
        const string facts = """
            select c.relkind = 'r' as "IsPlain",
                   exists (select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.confrelid = c.oid and k.contype = 'f') as "IsSelfReferencing",
                   exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 4 = 4 and t.tgtype & 1 = 0) as "HasStatementTriggers",
                   exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 4 = 4 and t.tgtype & 1 = 1) as "HasRowTriggers",
                   exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and t.tgtype & 68 = 68) as "HasInsteadTrigger",
                   exists (select from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.ev_type = '3') as "HasInsertRule",
                   pg_catalog.row_security_active(c.oid) as "HasRowSecurity",
                   c.relpersistence = 't' as "IsTemporary"
            from pg_catalog.pg_class c where c.oid = @oid::pg_catalog.oid
            """;
        const string columns = """
            select a.attname::text as "Name", pg_catalog.format_type(a.atttypid, a.atttypmod) as "Type",
                   coalesce(nullif(t.typbasetype, 0), t.oid) as "TypeOid", a.attgenerated <> '' as "IsGenerated", a.attnotnull as "IsNotNull",
                   a.atthasdef or a.attidentity <> '' as "HasDefault", a.attidentity = 'a' as "IsIdentityAlways",
                   pg_catalog.pg_get_serial_sequence(@table, a.attname) as "Sequence"
            from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
            where a.attrelid = @oid::pg_catalog.oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;
        var found = await ServerCall.RunAsync(() => session.Connection.QuerySingleAsync<Facts>(
            new CommandDefinition(facts, new { oid = (long)name.Oid }, cancellationToken: cancellationToken)), session.Secrets);
        if (Refusal(name, found) is { } why) throw new EngineException("ImportTargetRefused", FailureKind.Refused, $"{name} cannot be imported into: {why.What}. Nothing was changed.", why.Way, name.ToString());
        var read = await ServerCall.RunAsync(() => session.Connection.QueryAsync<TargetColumn>(
            new CommandDefinition(columns, new { oid = (long)name.Oid, table = name.Sql }, cancellationToken: cancellationToken)), session.Secrets);
        return new TargetTable(name, [.. read], found.IsPlain, found.IsSelfReferencing, found.HasStatementTriggers, found.HasRowTriggers, found.IsTemporary);
    }

    private static (string What, string Way)? Refusal(RelationName name, Facts facts) => name.Kind switch
    {
        'm' => ("it is a materialised view", "Import into the tables that it reads, then REFRESH MATERIALIZED VIEW."),
        'f' => ("it is a foreign table, whose rows this server does not count", "Import into the table itself, on its own server."),
        'v' => ("it is a view", facts.HasInsteadTrigger
            ? "The rows that its INSTEAD OF trigger writes are not counted by the server. Import into the table behind it."
            : "Import into the table behind it."),
        _ when facts.HasInsertRule => ("it has an INSERT rule, and COPY runs no rules: the rows would go elsewhere than an INSERT puts them", "Import into the table that the rule writes to, or drop the rule."),
        _ when facts.HasRowSecurity => ("its row security applies to this role, and COPY FROM does not work with it", "Import as the owner of the table, or as a role with BYPASSRLS."),
        _ => null,
    };

    private sealed record Facts(bool IsPlain, bool IsSelfReferencing, bool HasStatementTriggers, bool HasRowTriggers, bool HasInsteadTrigger, bool HasInsertRule, bool HasRowSecurity, bool IsTemporary);
}
