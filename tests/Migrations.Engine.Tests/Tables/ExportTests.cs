using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

public sealed class ExportTests(Servers servers)
{
    internal const string Users = "create table users (id int primary key, name text, born date); insert into users values (1, 'Ann', '1990-01-02'), (2, null, null), (3, '', '2001-01-01');";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Every_kind_of_relation_is_written(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync(Users + """
            create view adults as select id, name from users where born < '2000-01-01';
            create materialized view names as select name from users where name <> '';
            create table logs (at date, note text) partition by range (at);
            create table logs_23 partition of logs for values from ('2023-01-01') to ('2024-01-01');
            create table logs_24 (note text, at date); alter table logs attach partition logs_24 for values from ('2024-01-01') to ('2025-01-01');
            insert into logs values ('2023-05-05', 'a'), ('2024-05-05', 'b');
            create table parent (n int); create table child (more int) inherits (parent); insert into parent values (1); insert into child values (2, 3);
            create table "Odd Name" ("A b" int); insert into "Odd Name" values (7);
            """);

        Assert.Equal("id,name,born\n1,Ann,1990-01-02\n2,,\n3,\"\",2001-01-01\n", await bench.TextAsync(bench.Table("users")));
        Assert.Equal("id,name\n1,Ann\n", await bench.TextAsync(bench.Table("adults", "b.csv")));
        Assert.Equal("name\nAnn\n", await bench.TextAsync(bench.Table("public.names", "c.csv")));
        Assert.Equal("at,note\n2023-05-05,a\n2024-05-05,b\n", await bench.TextAsync(bench.Table("logs", "d.csv")));
        Assert.Equal("at,note\n2023-05-05,a\n2024-05-05,b\n", await bench.TextAsync(bench.Table("logs", "e.csv") with { Streams = 2 }));
        Assert.Equal("n\n1\n2\n", await bench.TextAsync(bench.Table("parent", "f.csv")));
        Assert.Equal("n\n1\n2\n", await bench.TextAsync(bench.Table("parent", "g.csv") with { Streams = 2 }));
        Assert.Equal("A b\n7\n", await bench.TextAsync(bench.Table("Odd Name", "h.csv")));
        var kinds = new[] { "users", "adults", "names", "logs", "Odd Name" }.Select(async table => Assert.Single(await bench.PlanAsync(bench.Table(table, "none.csv"))).Kind);
        Assert.Equal(["table", "view", "materialized view", "partitioned table", "table"], await Task.WhenAll(kinds));
    }

    [Fact]
    public async Task A_foreign_table_is_written_through_its_server()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        if (await bench.ScalarAsync<long>("select count(*) from pg_available_extensions where name = 'file_fdw'") == 0) Assert.Skip("The server has no file_fdw.");
        await bench.ExecuteAsync("create extension file_fdw; create server files foreign data wrapper file_fdw; create foreign table f (n int, t text) server files options (program 'echo 1,a', format 'csv')");

        Assert.Equal("n,t\n1,a\n", await bench.TextAsync(bench.Table("f") with { Streams = 2 }));
        Assert.Contains(Assert.Single(await bench.PlanAsync(bench.Table("f", "x.csv") with { Streams = 2 })).Warnings, warning => warning.Contains("one stream", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_begins_at_the_first_page_whoever_else_reads_the_table()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));

        Assert.Equal("on", await bench.ScalarAsync<string>("select current_setting('synchronize_seqscans')"));
        Assert.Equal("s\noff\n", await bench.TextAsync(bench.Query("select current_setting('synchronize_seqscans') as s")));
    }

    [Fact]
    public async Task Names_of_objects_are_written_alike_whatever_the_role_quotes()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select 'pg_catalog.pg_class'::regclass as c, 'int'::regtype as t; do $$ begin execute format('alter database %I set quote_all_identifiers = on', current_database()); end $$");

        Assert.Equal("c,t\npg_class,integer\n", await bench.TextAsync(bench.Table("t")));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Only_what_can_be_imported_is_written_unless_it_is_named(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("create table t (id int generated always as identity, gone int, n int, twice int generated always as (n * 2) stored); insert into t (n) values (4); alter table t drop column gone; create table b (like t)");

        Assert.Equal("id,n\n1,4\n", await bench.TextAsync(bench.Table("t")));
        Assert.Equal("twice,id\n8,1\n", await bench.TextAsync(bench.Table("t", "named.csv") with { Columns = ["Twice", "id"] }));
        await bench.CopyInAsync("b (id, n)", bench.FileOf("t.csv"), "format csv, header true");
        Assert.Equal("ExportColumnUnknown", (await bench.FailureAsync(bench.Table("t", "x.csv") with { Columns = ["gone"] })).ErrorId);
        Assert.Contains("Did you mean 'twice'?", (await bench.FailureAsync(bench.Table("t", "x.csv") with { Columns = ["twcie"] })).Message, StringComparison.Ordinal);
        await bench.ExecuteAsync("create table empty ()");
        Assert.Equal("ExportNoColumn", (await bench.FailureAsync(bench.Table("empty", "x.csv"))).ErrorId);
        Assert.Equal("TableNotFound", (await bench.FailureAsync(bench.Table("nothing", "x.csv"))).ErrorId);
    }

    [Fact]
    public async Task Virtual_columns_are_left_out_and_may_be_named_too()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t (n int, twice int generated always as (n * 2) virtual); insert into t values (4)");

        Assert.Equal("n\n4\n", await bench.TextAsync(bench.Table("t")));
        Assert.Equal("n,twice\n4,8\n", await bench.TextAsync(bench.Table("t", "named.csv") with { Columns = ["n", "twice"] }));
    }

    [Fact]
    public async Task Condition_and_order_are_the_users_and_stay_inside_their_place()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync(Users);

        Assert.Equal("id,name,born\n3,\"\",2001-01-01\n1,Ann,1990-01-02\n", await bench.TextAsync(bench.Table("users") with { Where = "name = 'Ann' or born > '2000-01-01' -- young", OrderBy = "born desc -- first" }));
        foreach (var escaping in new[] { "true) or (true", "id = 1; drop table users", "'", "/*", "(id", "  -- nothing", @"true \echo x" })
            Assert.Equal("ExportSqlInvalid", (await bench.FailureAsync(bench.Table("users", "x.csv") with { Where = escaping })).ErrorId);
        Assert.Equal("42703", (await bench.FailureAsync(bench.Table("users", "x.csv") with { OrderBy = "nothing" })).SqlState);
        Assert.Equal(["t.csv"], bench.FileNames);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_query_takes_parameters_of_any_type_as_values_and_never_as_SQL(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        const string evil = "'); drop table users; --\\' $2 \"x\"\n";
        await bench.ExecuteAsync(Users);

        var text = await bench.TextAsync(bench.Query("select $1 as t, $2 + 1 as n, '$1' as s, $3 /* $9 */ as z, $4 as a, $5::int as nothing, $1 = $1 as same; -- $7", evil, 41, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), new[] { 1, 2 }, null));

        Assert.Equal($"t,n,s,z,a,nothing,same\n\"{evil.Replace("\"", "\"\"", StringComparison.Ordinal)}\",42,$1,2024-01-02 03:04:05+00,\"{{1,2}}\",,t\n", text);
        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from users"));
        Assert.Equal("ExportParameterInvalid", (await bench.FailureAsync(bench.Query("select $2", 1))).ErrorId);
        Assert.Equal("ExportParameterInvalid", (await bench.FailureAsync(bench.Query("select 1", 1))).ErrorId);
        Assert.Equal("ExportParameterInvalid", (await bench.FailureAsync(bench.Query("select $1", new object()))).ErrorId);
    }

    [Theory]
    [InlineData("delete from users returning id", null)]
    [InlineData("with gone as (delete from users returning id) select * from gone", "0A000")]
    [InlineData("explain select 1", null)]
    [InlineData("select * from nothing", "42P01")]
    [InlineData("select 1; select 2", null)]
    [InlineData("select 1) to stdout; drop table users; copy (select 1", null)]
    [InlineData("drop table users", null)]
    public async Task What_is_no_query_or_would_write_is_refused(string query, string? state)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync(Users);

        var failure = await bench.FailureAsync(bench.Query(query));

        Assert.Equal(state, failure.SqlState);
        Assert.Equal(state is null ? "ExportSqlInvalid" : "ServerError", failure.ErrorId);
        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from users"));
        Assert.Empty(bench.FileNames);
    }

    [Fact]
    public async Task A_query_with_columns_of_one_name_is_written_and_warned_of()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));

        Assert.Equal("a,a,m\n1,=x,1.50\n", await bench.TextAsync(bench.Query("select 1 as a, '=x' as a, 1.5::money as m")));
        Assert.Equal("a,a\n1,'=x\n", await bench.TextAsync(bench.Query("select 1 as a, '=x' as a") with { FormulaSafe = true, Overwrite = true }));
        Assert.Contains(Assert.Single(await bench.PlanAsync(bench.Query("select 1 as a, 2 as a") with { Overwrite = true })).Warnings, warning => warning.Contains("called a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Row_security_is_kept_and_said()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        var role = $"reader_{bench.Target.Name}";
        await bench.ExecuteAsync(Users + $"create role {role} login password 'x'; grant select on users to {role}; alter table users enable row level security; create policy few on users using (id < 3);");

        var options = bench.Target.Options.WithCredential(role, "x");
        Assert.Equal("id,name,born\n1,Ann,1990-01-02\n2,,\n", await bench.TextAsync(bench.Table("users") with { Streams = 2 }, options));
        Assert.Contains(Assert.Single(await bench.PlanAsync(bench.Table("users", "x.csv"), options)).Warnings, warning => warning.StartsWith("Row security of public.users is active", StringComparison.Ordinal));
        Assert.Empty(Assert.Single(await bench.PlanAsync(bench.Table("users", "x.csv"))).Warnings);
    }

    [Fact]
    public async Task A_spreadsheet_finds_no_formula()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("""
            create type e as enum ('=e', 'f');
            create table t ("=head" text, n int, c char(3), v varchar, j jsonb, x xml, e e, a text[]);
            insert into t values ('=1+1', -5, '+', '-2', '-7', '=x', '=e', '{=a}'), ('@SUM(A1)', 5, 'a', E'\tx', '{}', '<a/>', 'f', null), (E'\r=1', null, null, null, null, null, null, null), ('', 0, 'a=b', 'x=1', '"="', null, null, null);
            """);

        Assert.Equal("'=head,n,c,v,j,x,e,a\n'=1+1,-5,'+  ,'-2,-7,'=x,'=e,{=a}\n'@SUM(A1),5,a  ,'\tx,{},<a/>,f,\n\"'\r=1\",,,,,,,\n\"\",0,a=b,x=1,\"\"\"=\"\"\",,,\n",
            await bench.TextAsync(bench.Table("t") with { FormulaSafe = true }));
        Assert.StartsWith("=head,n", await bench.TextAsync(bench.Table("t", "plain.csv")), StringComparison.Ordinal);
    }
}
