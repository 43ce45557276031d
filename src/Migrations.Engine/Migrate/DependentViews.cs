using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// The views in the way of a repeatable that changes a view: dropped before it and made again after it, in one transaction with it, each with its
/// definition, options, owner, grants, comments, rules, triggers and indexes.
/// </summary>
/// <param name="Drops">Dependents first.</param>
/// <param name="Restores">Of the dependents, in the order in which they depend on one another; behind the script's statements.</param>
/// <param name="Kept">What a view that the script itself makes anew keeps of the old one; right behind the statement that makes it, so that what the script says of it later counts.</param>
internal sealed record DependentViews(IReadOnlyList<string> Drops, IReadOnlyList<ViewRestore> Restores, ILookup<ScriptStep, ViewRestore> Kept)
{
    public IEnumerable<ViewRestore> RestoresAfter(ScriptStep step) => Kept[step];

    /// <summary>Which view a restore was about; null when a statement was none.</summary>
    public string? ViewOf(string? statement) => Restores.FirstOrDefault(restore => restore.Text == statement)?.View;

    /// <param name="later">Names of the views that later scripts of this run make.</param>
    public static async Task<DependentViews> FindAsync(
        Session session, ViewConflict conflict, PlannedScript script, IReadOnlyList<string> later, CancellationToken cancellationToken)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
        if (script.Settings.SearchPath is { Count: > 0 } path)
            await session.Connection.ExecuteAsync($"set local search_path = {string.Join(", ", path.Select(Identifier.Quote))}");
        var targets = (await OidsAsync(session, conflict.Views, cancellationToken)).Values.Distinct().ToArray();
        var madeLater = (await OidsAsync(session, later, cancellationToken)).Values.ToHashSet();
        var makers = script.Steps.Where(step => step.Facts is { View: not null, Verb: "CREATE VIEW" or "CREATE MATERIALIZED VIEW" }).ToList();
        var made = await OidsAsync(session, [.. makers.Select(step => step.Facts.View!)], cancellationToken);
        // With nothing in the path the server writes every name in full, so that what it says means the same wherever it is run.
        await session.Connection.ExecuteAsync("set local search_path = ''");
        var rows = (await session.Connection.QueryAsync<Line>(new CommandDefinition(Sql, new { targets }, cancellationToken: cancellationToken))).AsList();
        await transaction.RollbackAsync(cancellationToken);

        var own = makers.Where(step => made.ContainsKey(step.Facts.View!)).ToLookup(step => made[step.Facts.View!]);
        var kept = from row in rows
                   where row.OfTarget && own.Contains(row.Oid) && (row.Depth > 0 || conflict.DropsItself)
                   select (Step: own[row.Oid].First(), Restore: new ViewRestore(row.View, row.Statement, MayFail: false));
        return new DependentViews(
            [.. rows.Where(row => row.Ordinal == 0 && (row.Depth > 0 || conflict.DropsItself)).Reverse().Select(row => $"drop {row.Kind} {row.View}")],
            [.. rows.Where(row => row.Depth > 0 && row.Ordinal > 0 && !own.Contains(row.Oid))
                .Select(row => new ViewRestore(row.View, row.Statement, row.IsPlain && madeLater.Contains(row.Oid)))],
            kept.ToLookup(pair => pair.Step, pair => pair.Restore));
    }

    /// <summary>By their names as they are spelled; those that are no views are left out.</summary>
    private static async Task<Dictionary<string, long>> OidsAsync(Session session, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        names.Count == 0 ? [] : (await session.Connection.QueryAsync<(string Name, long Oid)>(new CommandDefinition(
            """
            select distinct n.name as "Name", c.oid::bigint as "Oid"
            from unnest(@names) as n (name) join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(n.name) where c.relkind in ('v', 'm')
            """,
            new { names = names.ToArray() }, cancellationToken: cancellationToken))).ToDictionary(row => row.Name, row => row.Oid);

    /// <param name="IsPlain">It has no grants, no comment and the owner that a new one would have: nothing is lost when a later script makes it.</param>
    private sealed record Line(int Depth, int Ordinal, long Oid, string Kind, string View, string Statement, bool OfTarget, bool IsPlain);

    /// <summary>Ordinal 0 stands for the view itself; what follows makes it and gives it what it had.</summary>
    private const string Sql = """
        with recursive dependents as (
            select oid, 0 as depth from pg_catalog.pg_class where oid::bigint = any (@targets)
            union
            select r.ev_class, d.depth + 1
            from dependents d
            join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refobjid = d.oid and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            join pg_catalog.pg_rewrite r on r.oid = p.objid and r.ev_class <> d.oid),
        views as (
            select c.oid, max(d.depth) as depth, c.relkind, c.relacl, c.reloptions, c.relispopulated, c.reltablespace, c.relowner,
                   case c.relkind when 'm' then 'materialized view' else 'view' end as kind,
                   pg_catalog.format('%I.%I', n.nspname, c.relname) as name
            from dependents d
            join pg_catalog.pg_class c on c.oid = d.oid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm')
            group by c.oid, n.nspname, c.relname, c.relkind, c.relacl, c.reloptions, c.relispopulated, c.reltablespace, c.relowner)
        select v.depth as "Depth", s.ordinal as "Ordinal", v.oid::bigint as "Oid", v.kind as "Kind", v.name as "View", s.statement as "Statement", s.of_target as "OfTarget",
               v.relacl is null and v.relowner = current_user::pg_catalog.regrole and pg_catalog.obj_description(v.oid, 'pg_class') is null
                   and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = v.oid) as "IsPlain"
        from views v
        cross join lateral (
            select 0 as ordinal, '' as statement, false as of_target
            union all
            select 1, pg_catalog.format('create %s %s%s%s as %s%s', v.kind, v.name,
                coalesce(' with (' || (select string_agg(option, ', ') from unnest(v.reloptions) as option) || ')', ''),
                case when v.reltablespace <> 0 then ' tablespace ' || (select pg_catalog.quote_ident(spcname) from pg_catalog.pg_tablespace where oid = v.reltablespace) else '' end,
                rtrim(pg_catalog.pg_get_viewdef(v.oid), '; '),
                case when v.relkind = 'm' and not v.relispopulated then ' with no data' else '' end), false
            union all
            select 2, pg_catalog.format('alter %s %s owner to %s', v.kind, v.name, v.relowner::pg_catalog.regrole), true
            union all
            -- Default privileges may have given a new view more than the old one had.
            select 3, pg_catalog.format(
                'do $grants$ declare who text; begin for who in select distinct case a.grantee when 0 then ''public'' else a.grantee::pg_catalog.regrole::text end '
                'from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a where c.oid = %L::pg_catalog.regclass%s '
                'loop execute pg_catalog.format(''revoke all on %%s from %%s'', %L, who); end loop; end $grants$',
                v.name, case when v.relacl is null then ' and a.grantee <> c.relowner' else '' end, v.name), true
            union all
            select 4, pg_catalog.format('grant %s on %s to %s%s', g.privilege_type, v.name,
                case g.grantee when 0 then 'public' else g.grantee::pg_catalog.regrole::text end, case when g.is_grantable then ' with grant option' else '' end), true
            from pg_catalog.aclexplode(v.relacl) as g
            union all
            select 5, pg_catalog.format('grant %s (%I) on %s to %s%s', g.privilege_type, a.attname, v.name,
                case g.grantee when 0 then 'public' else g.grantee::pg_catalog.regrole::text end, case when g.is_grantable then ' with grant option' else '' end), false
            from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) as g where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
            union all
            select 6, pg_catalog.format('comment on %s %s is %L', v.kind, v.name, pg_catalog.obj_description(v.oid, 'pg_class')), true
            where pg_catalog.obj_description(v.oid, 'pg_class') is not null
            union all
            select 7, pg_catalog.format('comment on column %s.%I is %L', v.name, a.attname, pg_catalog.col_description(v.oid, a.attnum)), false
            from pg_catalog.pg_attribute a where a.attrelid = v.oid and a.attnum > 0 and pg_catalog.col_description(v.oid, a.attnum) is not null
            union all
            select 8, pg_catalog.format('alter view %s alter column %I set default %s', v.name, a.attname, pg_catalog.pg_get_expr(f.adbin, f.adrelid)), false
            from pg_catalog.pg_attrdef f join pg_catalog.pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum where f.adrelid = v.oid
            union all
            select 9, rtrim(pg_catalog.pg_get_ruledef(r.oid), ';'), true from pg_catalog.pg_rewrite r where r.ev_class = v.oid and r.rulename <> '_RETURN'
            union all
            select 10, pg_catalog.pg_get_triggerdef(t.oid), true from pg_catalog.pg_trigger t where t.tgrelid = v.oid and not t.tgisinternal
            union all
            select 11, pg_catalog.pg_get_indexdef(i.indexrelid), false from pg_catalog.pg_index i where i.indrelid = v.oid) as s
        order by v.depth, v.name, s.ordinal
        """;
}
