using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class TextSearch
{
    public static string Sql { get; } = $"""
        select 'text search configuration', format('%I.%I', n.nspname, c.cfgname),
               json_build_object(
                   'owner', {Owner("c.cfgowner")},
                   'parser', (select format('%I.%I', pn.nspname, p.prsname) from pg_ts_parser p join pg_namespace pn on pn.oid = p.prsnamespace where p.oid = c.cfgparser),
                   'mappings', (select string_agg(line, e'\n' order by line collate "C") from (
                        select coalesce((select t.alias from ts_token_type(c.cfgparser) t where t.tokid = m.maptokentype), m.maptokentype::text)
                               || ': ' || string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) as line
                        from pg_ts_config_map m where m.mapcfg = c.oid group by m.maptokentype) l),
                   'comment', {Comment("pg_ts_config", "c.oid")}),
               null
        from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace
        where {Counts("n")} and {NotOfExtension("pg_ts_config", "c.oid")}
        union all
        select 'text search dictionary', format('%I.%I', n.nspname, d.dictname),
               json_build_object(
                   'owner', {Owner("d.dictowner")},
                   'template', (select format('%I.%I', tn.nspname, t.tmplname) from pg_ts_template t join pg_namespace tn on tn.oid = t.tmplnamespace where t.oid = d.dicttemplate),
                   'options', d.dictinitoption,
                   'comment', {Comment("pg_ts_dict", "d.oid")}),
               null
        from pg_ts_dict d join pg_namespace n on n.oid = d.dictnamespace
        where {Counts("n")} and {NotOfExtension("pg_ts_dict", "d.oid")}
        union all
        select 'text search parser', format('%I.%I', n.nspname, p.prsname),
               json_build_object('functions', concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype), 'comment', {Comment("pg_ts_parser", "p.oid")}), null
        from pg_ts_parser p join pg_namespace n on n.oid = p.prsnamespace
        where {Counts("n")} and {NotOfExtension("pg_ts_parser", "p.oid")}
        union all
        select 'text search template', format('%I.%I', n.nspname, t.tmplname),
               json_build_object('functions', concat_ws(' ', t.tmplinit, t.tmpllexize), 'comment', {Comment("pg_ts_template", "t.oid")}), null
        from pg_ts_template t join pg_namespace n on n.oid = t.tmplnamespace
        where {Counts("n")} and {NotOfExtension("pg_ts_template", "t.oid")}
        """;
}
