using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>Who may call the functions of the history schema, carried over from those that an upgrade drops to those that it makes.</summary>
internal static class HistoryFunctionGrants
{
    /// <summary>In the transaction, before they are dropped. Without grants of its own a function has those of every new one: these are written down too.</summary>
    public static string Remember(string s, IEnumerable<string> names) => $"""
        select pg_catalog.set_config('migrations.function_grants', coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'name', p.proname, 'grantee', case when a.grantee operator(pg_catalog.=) p.proowner then null else a.grantee::pg_catalog.int8 end, 'grantable', a.is_grantable))::pg_catalog.text, '[]'), true)
        from pg_catalog.pg_proc p
        left join lateral pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a on true
        where p.pronamespace = {Literal.Quote(s)}::pg_catalog.regnamespace and p.proname in ({string.Join(", ", names.Select(Literal.Quote))})
        """;

    /// <summary>
    /// By name. One that is new follows leave_script, which every layout has and every run calls: who may call that one runs scripts. What somebody
    /// else had passed on is the owner's grant from now on, as a grantor of functions that are gone cannot be asked.
    /// </summary>
    public static string GiveBack(string s, IEnumerable<string> names) => $"""
        do $grants$
        declare
            had jsonb := pg_catalog.current_setting('migrations.function_grants')::pg_catalog.jsonb;
            made record;
            entry record;
        begin
            for made in
                select p.oid::pg_catalog.regprocedure as name, p.proname, p.proowner, p.proacl,
                       case when exists (select from pg_catalog.jsonb_array_elements(had) h where h ->> 'name' = p.proname) then p.proname else 'leave_script' end as model
                from pg_catalog.pg_proc p
                where p.pronamespace = {Literal.Quote(s)}::pg_catalog.regnamespace and p.proname in ({string.Join(", ", names.Select(Literal.Quote))})
            loop
                -- What is as it should be is left as it is: a function with grants and one without look different though they mean the same.
                continue when not exists (
                    (select distinct coalesce((h ->> 'grantee')::pg_catalog.int8::pg_catalog.oid, made.proowner), (h ->> 'grantable')::boolean
                     from pg_catalog.jsonb_array_elements(had) h where h ->> 'name' = made.model and h ->> 'grantable' is not null
                     except select a.grantee, a.is_grantable from pg_catalog.aclexplode(coalesce(made.proacl, pg_catalog.acldefault('f', made.proowner))) a)
                    union all
                    (select a.grantee, a.is_grantable from pg_catalog.aclexplode(coalesce(made.proacl, pg_catalog.acldefault('f', made.proowner))) a
                     except select coalesce((h ->> 'grantee')::pg_catalog.int8::pg_catalog.oid, made.proowner), (h ->> 'grantable')::boolean
                     from pg_catalog.jsonb_array_elements(had) h where h ->> 'name' = made.model));
                for entry in
                    select distinct case a.grantee when 0 then 'public' else a.grantee::pg_catalog.regrole::text end as who
                    from pg_catalog.aclexplode(coalesce(made.proacl, pg_catalog.acldefault('f', made.proowner))) a
                loop
                    execute pg_catalog.format('revoke all on function %s from %s', made.name, entry.who);
                end loop;
                for entry in
                    select case h.grantee when 0 then 'public' else h.grantee::pg_catalog.oid::pg_catalog.regrole::text end as who, pg_catalog.bool_or(h.grantable) as grantable
                    from (select coalesce((j ->> 'grantee')::pg_catalog.int8, made.proowner::pg_catalog.int8) as grantee, (j ->> 'grantable')::boolean as grantable
                          from pg_catalog.jsonb_array_elements(had) j where j ->> 'name' = made.model and j ->> 'grantable' is not null) h
                    group by h.grantee
                loop
                    execute pg_catalog.format('grant execute on function %s to %s%s', made.name, entry.who, case when entry.grantable then ' with grant option' end);
                end loop;
            end loop;
        end
        $grants$
        """;
}
