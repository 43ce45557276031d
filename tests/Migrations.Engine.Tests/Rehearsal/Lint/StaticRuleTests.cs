using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What the rules say when there is nothing but the words.</summary>
public sealed class StaticRuleTests
{
    [Fact]
    public void The_words_alone_tell_what_words_can_tell()
    {
        var wrong = RuleCases.All.Where(given => LintBench.Static(given.Firing).Any(finding => finding.Rule == given.Rule) != given.InText);
        Assert.Empty(wrong.Select(given => given.ToString()));
    }

    [Theory]
    [InlineData("PGM001", "alter table t add column x timestamptz not null default now();")]
    [InlineData("PGM001", "alter table t add column x numeric(10,2) default 0::numeric(10,2), add y text default lower('A');")]
    [InlineData("PGM001", "alter table t add column x uuid, alter column x set default gen_random_uuid();")]
    [InlineData("PGM001", "create table t (id int);\nalter table t add column x uuid default gen_random_uuid();")]
    [InlineData("PGM005", "alter table t add column x int not null default 0;")]
    [InlineData("PGM005", "alter table t add column x bigint generated always as identity not null;")]
    [InlineData("PGM009", "alter table t validate constraint c_there;\nalter table t alter c set not null;")]
    [InlineData("PGM010", "alter table t alter column v type varchar(40);")]
    [InlineData("PGM010", "alter table t alter column v type text;")]
    [InlineData("PGM010c", "set local timezone = 'UTC';\nalter table t alter ts type timestamptz;")]
    [InlineData("PGM013", "alter table t rename to u;\ncreate view t as select * from u;")]
    [InlineData("PGM019", "alter table t add check (c > 0) not valid;")]
    [InlineData("PGM020", "alter table t add foreign key (c) references u not valid;")]
    [InlineData("PGM021", "alter table t validate constraint x;")]
    [InlineData("PGM022", "alter table t add constraint x unique using index x;")]
    [InlineData("PGM027", "alter table t add constraint x foreign key (c) references u not valid;")]
    [InlineData("PGM027", "create table x (id bigint primary key references parent);")]
    [InlineData("PGM029", "create table t (id int);\ncreate index on t (id);")]
    [InlineData("PGM029", "create index concurrently x on t (id);")]
    [InlineData("PGM029", "create temp table t (id int);\ncreate index on t (id);")]
    [InlineData("PGM029", "create table t as select 1 as id;\ncreate index on t (id);")]
    [InlineData("PGM033", "create index x on t (id);\ndrop index x;")]
    [InlineData("PGM045", "update t set c = 1 where id = 1;")]
    [InlineData("PGM045", "with gone as (select 1 as id) delete from t using gone where t.id = gone.id;")]
    [InlineData("PGM042", "alter table t add column x int;")]
    [InlineData("PGM043", "create table x (id int);\ninsert into x values (1);")]
    [InlineData("PGM044", "lock table t, u in access exclusive mode;\nalter table t add x int;\nalter table u add x int;")]
    [InlineData("PGM049", "create trigger x after insert on t for each row execute function f();")]
    [InlineData("PGM052", "lock table t in share update exclusive mode;")]
    [InlineData("PGM053", "alter table t alter c set not null;\nalter table t drop constraint c_there;")]
    public void Silence_where_there_is_nothing_to_say(string rule, string sql) => Assert.DoesNotContain(LintBench.Static(sql), finding => finding.Rule == rule);

    [Theory]
    [InlineData("PGM001", "alter table if exists only app.\"T x\" add if not exists \"a, b\" uuid not null default my_random(), add d int;")]
    [InlineData("PGM008", "alter table t add column a int default (1 + 2) references u (id) on delete set null, add column b int;")]
    [InlineData("PGM010", "alter table t alter column a set data type bigint using a::bigint;")]
    [InlineData("PGM011", "alter table t drop if exists a cascade, drop constraint b;")]
    [InlineData("PGM020", "alter table t add constraint x foreign key (a, b) references u (a, b) match full on delete cascade not deferrable;")]
    [InlineData("PGM045", "with x as (select 1) update t set a = (select 1 from u where u.id = t.id);")]
    [InlineData("PGM047", "drop table if exists a, b cascade;")]
    [InlineData("PGM052", "lock t;")]
    public void Words_are_read_as_the_server_reads_them(string rule, string sql) => Assert.Contains(LintBench.Static(sql), finding => finding.Rule == rule);

    [Fact]
    public void A_rewrite_holds_the_names_of_the_script()
    {
        var finding = Assert.Single(LintBench.Static("create unique index on app.\"Users\" (lower(email)) where email is not null;"), f => f.Rule == "PGM029");

        Assert.Equal("create unique index concurrently \"Users_lower_idx\" on app.\"Users\" (lower(email)) where email is not null;", finding.Rewrite);
        Assert.Equal(("app.\"Users\"", 1, "001_x.sql", 1), (finding.Relation, finding.Statement, finding.Path, finding.Line));
    }
}
