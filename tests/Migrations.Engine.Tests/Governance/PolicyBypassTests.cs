using Migrations.Engine.Governance;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>What a line break, a comment, a quote or text made at run time would hide from a search for words.</summary>
public sealed class PolicyBypassTests
{
    [Theory]
    [InlineData("grant-to-public", "grant select on a to\n  -- to nobody\n  /* really */ PUBLIC;", 1)]
    [InlineData("grant-to-public", "select 1;\nGRANT SELECT ON a TO app, \"public\" WITH GRANT OPTION;", 2)]
    [InlineData("grant-to-public", "create schema s create table t (id int) grant select on t to public;", 1)]
    [InlineData("grant-to-public", "do $$\nbegin\n  grant select on a to public;\nend $$;", 3)]
    [InlineData("grant-to-public", "do 'begin\n  grant select on a to public; end';", 2)]
    [InlineData("grant-to-public", "do $x$ begin\n  execute 'grant select on a to public';\nend $x$;", 2)]
    [InlineData("grant-to-public", "create function f() returns void language plpgsql as $$ begin\n execute $q$grant select on a\n to public$q$; end $$;", 2)]
    [InlineData("grant-to-public", "\\set who public\ngrant select on a to :who;", 2)]
    [InlineData("definer-search-path", "create or replace\nfunction f() returns int\n security /* x */\n definer language sql as 'select 1';", 3)]
    [InlineData("definer-search-path", "do $$ begin execute 'create function f() returns int language sql security definer as ''select 1'''; end $$;", 1)]
    [InlineData("definer-search-path", "create function f() returns int language sql security definer as 'select 1 -- set search_path = pg_catalog';", 1)]
    [InlineData("definer-search-path", "create function f() returns int language sql security definer as 'select 1';\nalter function g() set search_path = pg_catalog;", 1)]
    [InlineData("password-literal", "create role a login\npassword\n  'x';", 2)]
    [InlineData("password-literal", "create user a encrypted password $$x$$;", 1)]
    [InlineData("password-literal", "alter user mapping for a server s options (set password 'x');", 1)]
    [InlineData("password-literal", "create subscription s connection 'host=h password=x' publication p;", 1)]
    [InlineData("password-literal", "do $$ begin create role a password 'x'; end $$;", 1)]
    [InlineData("password-literal", "\\set pw geheim\ncreate role a password :'pw';", 2)]
    [InlineData("role-attribute", "create role a with login\n superuser;", 1)]
    [InlineData("role-attribute", "alter user a BypassRLS;", 1)]
    [InlineData("role-attribute", "do $$ begin alter role a superuser; end $$;", 1)]
    [InlineData("history-untouched", "delete from \"migrations\" . scripts;", 1)]
    [InlineData("history-untouched", "set search_path = public, migrations;\ndelete from scripts;", 1)]
    [InlineData("history-untouched", "select set_config('search_path', 'migrations, public', false);", 1)]
    [InlineData("history-untouched", "with gone as (delete from migrations.scripts returning 1) select 1 from gone;", 1)]
    [InlineData("history-untouched", "select migrations.forget();", 1)]
    [InlineData("history-untouched", "do $$ begin execute 'delete from migrations.scripts'; end $$;", 1)]
    [InlineData("history-untouched", "alter default privileges in schema migrations grant select on tables to a;", 1)]
    [InlineData("history-untouched", "-- migration: X\n-- search-path: migrations\n\nselect 1;", 2)]
    [InlineData("password-literal", "create server s foreign data wrapper w options (\"password\" 'x');", 1)]
    [InlineData("password-literal", "create subscription s connection 'postgresql://app:x@h/d' publication p;", 1)]
    [InlineData("role-attribute", "grant postgres to app;", 1)]
    [InlineData("role-attribute", "create role a login\n in role b, postgres;", 1)]
    [InlineData("role-attribute", "alter group \"postgres\" add user app;", 1)]
    [InlineData("definer-search-path", "create function f() returns int language sql security definer set search_path to default as 'select 1';", 1)]
    [InlineData("definer-search-path", "create function f() returns int language sql security definer as 'select 1';\nalter function f() set search_path = pg_catalog;\nalter function f() reset all;", 1)]
    public void It_is_found_at_its_line(string rule, string sql, int line) =>
        Assert.Contains(Examine(sql), finding => (finding.Rule, finding.Outcome, finding.Line) == (rule, PolicyOutcome.Violated, line));

    [Theory]
    [InlineData("grant-to-public", "comment on table a is 'grant select on a to public';")]
    [InlineData("grant-to-public", "-- grant select on a to public\nselect 1;")]
    [InlineData("grant-to-public", "insert into help (line) values ('grant select on a to public;');")]
    [InlineData("grant-to-public", "grant usage on schema public to app;")]
    [InlineData("grant-to-public", "grant select on public.a to app; select 'public';")]
    [InlineData("grant-to-public", "revoke grant option for select on a from public;")]
    [InlineData("definer-search-path", "create function f() returns int language sql security definer set search_path from current as 'select 1';")]
    [InlineData("definer-search-path", "create function f() returns int language sql security invoker as 'select 1';")]
    [InlineData("definer-search-path", "create view v with (security_barrier) as select 'security definer' as x;")]
    [InlineData("password-literal", "create role a password null;")]
    [InlineData("password-literal", "insert into form (label) values ('password');")]
    [InlineData("role-attribute", "create role superuser nosuperuser;")]
    [InlineData("role-attribute", "create user mapping for superuser server s;")]
    [InlineData("history-untouched", "select version from migrations.versions;")]
    [InlineData("history-untouched", "create table birds.migrations (id int);")]
    [InlineData("role-attribute", "grant select on postgres to app;")]
    [InlineData("role-attribute", "create role a in role b;")]
    public void And_what_only_looks_like_it_is_not(string rule, string sql) => Assert.DoesNotContain(Examine(sql), finding => finding.Rule == rule);

    [Theory]
    [InlineData("do $$ begin execute 'grant select on a to pub' || 'lic'; end $$;")]
    [InlineData("do $$ begin execute e'\\x67rant select on a to \\x70ublic'; end $$;")]
    [InlineData("call open_all();")]
    [InlineData("copy (select open_all()) to '/dev/null';")]
    [InlineData("select app.open_all();")]
    [InlineData("select open_all() from generate_series(1, 3);")]
    [InlineData("insert into log (line) select open_all();")]
    [InlineData("prepare p as select 1;\nexecute p;")]
    [InlineData("grant select on a to U&\"\\0070ublic\";")]
    public void What_nobody_can_read_is_unknown_and_stops_as_much_as_a_violation(string sql)
    {
        var finding = Assert.Single(Examine(sql), found => found.Rule == "grant-to-public");
        Assert.Equal((PolicyOutcome.Unknown, PolicySeverity.Error, true), (finding.Outcome, finding.Severity, finding.Blocks));
    }

    [Theory]
    [InlineData("definer-search-path", "alter function f() reset search_path;")]
    [InlineData("definer-search-path", "alter function f() set search_path to default;")]
    [InlineData("history-untouched", "delete from U&\"\\006digrations\".scripts;")]
    public void What_depends_on_what_only_the_server_knows_is_unknown(string rule, string sql) =>
        Assert.Equal(PolicyOutcome.Unknown, Assert.Single(Examine(sql), found => found.Rule == rule).Outcome);

    [Fact]
    public void A_file_of_rows_for_the_history_is_found()
    {
        using var at = new TempProject().With("versions/1_x/up.sql", "select 1;").With("versions/1_x/data/migrations.scripts.csv", "title\nx\n").With("policy.json", "{}");
        Assert.Contains(Findings(at.Load()), finding => finding.Rule == "history-untouched" && finding.Message.Contains("migrations.scripts.csv", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("select setval('a_id_seq', coalesce(max(id), 1)) from a;")]
    [InlineData("insert into a (id, name) select id, lower(name) from b where id in (1, 2) on conflict (id) do nothing;")]
    [InlineData("update a set name = upper(name) where exists (select 1 from b where (b.id) = (a.id));")]
    [InlineData("with x (id) as (values (1)) select count(*) from x;")]
    [InlineData("create table if not exists s.t (id int default my_default(), n numeric(10, 2));")]
    [InlineData("create view v as select my_function(id) from a;")]
    [InlineData("do $$ begin if not exists (select from a) then insert into a (id) values (1); end if; end $$;")]
    [InlineData("create function f() returns void language plpgsql as $$ begin execute 'x' || 'y'; end $$;")]
    public void What_calls_only_the_servers_own_functions_can_be_read(string sql) => Assert.DoesNotContain(Examine(sql), finding => finding.Outcome == PolicyOutcome.Unknown);

    [Fact]
    public void A_password_that_was_given_as_a_secret_stands_in_no_file()
    {
        using var at = new TempProject().With("versions/1_x.sql", "create role a password :'pw';").With("policy.json", "{}");
        Assert.DoesNotContain(Findings(ScriptProject.Load(at.Root, new ProjectLoadOptions { Variables = ScriptVariables.None.With("pw", "it's one", isSecret: true) })), finding => finding.Rule == "password-literal");
        Assert.Contains(Findings(ScriptProject.Load(at.Root, new ProjectLoadOptions { Variables = ScriptVariables.None.With("pw", "it's one") })), finding => finding.Rule == "password-literal");
    }

    private static IReadOnlyList<PolicyFinding> Examine(string sql)
    {
        using var at = new TempProject().With("versions/1_x.sql", sql).With("policy.json", "{}");
        return Findings(at.Load());
    }

    private static IReadOnlyList<PolicyFinding> Findings(ScriptProject project) => new PolicyExamination(Policy.Of(project), project, null, TimeProvider.System).Examine(null).Findings;
}
