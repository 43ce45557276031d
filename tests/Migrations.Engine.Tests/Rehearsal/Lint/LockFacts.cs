namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>The lock facts that the rules rest on: a change of PostgreSQL's mind shows here first.</summary>
public static class LockFacts
{
    public const string Schema = """
        create table t (
            id bigint primary key, c int, v varchar(20), n numeric(10,2), ts timestamp, net cidr, k varchar(20) constraint k_short check (length(k) < 15),
            w text collate "C", nn int not null, proven int constraint proven_there check (proven is not null), parent_id bigint);
        create index t_v on t (v);
        create index t_w on t (w);
        create unique index t_c_key on t (c);
        create unique index t_nn_key on t (nn);
        create table parent (id bigint primary key);
        create table child (id bigint primary key, parent_id bigint constraint child_parent references parent);
        alter table t add constraint c_small check (c < 1000) not valid;
        alter table t add constraint t_parent foreign key (parent_id) references parent not valid;
        create domain bare as int;
        create domain positive as int check (value > 0);
        create domain used as int;
        create table users_of_domain (id int, d used);
        create table p (id int, at date) partition by range (at);
        create table p_2024 partition of p for values from ('2024-01-01') to ('2025-01-01');
        create table p_default partition of p default;
        create table q (id int, at date) partition by range (at);
        create table q_2024 partition of q for values from ('2024-01-01') to ('2025-01-01');
        create table loose (id int, at date);
        create table proven (id int, at date, check (at is not null and at >= '2025-01-01' and at < '2026-01-01'));
        create materialized view m as select count(*) as n from t;
        create unique index m_n on m (n);
        create type mood as enum ('good', 'bad');
        create function nothing() returns trigger language plpgsql as 'begin return null; end';
        create trigger quiet after insert on t for each row execute function nothing();
        create schema elsewhere;
        insert into parent select generate_series(1, 20);
        insert into child select i, i from generate_series(1, 20) i;
        insert into t (id, c, v, n, ts, net, k, w, nn, proven, parent_id)
        select i, i, 'v' || i, i, '2024-01-01', '10.0.0.0/8', 'k', 'w', i, i, i from generate_series(1, 20) i;
        insert into users_of_domain select i, i from generate_series(1, 20) i;
        insert into p select i, '2024-05-05' from generate_series(1, 20) i;
        insert into p select i, '2030-05-05' from generate_series(1, 20) i;
        insert into loose select i, '2025-05-05' from generate_series(1, 20) i;
        insert into proven select i, '2025-05-05' from generate_series(1, 20) i;
        """;

    private const string AllOfT = "t, t_c_key, t_nn_key, t_pkey, t_v, t_w";

    public static IReadOnlyList<LockFact> All { get; } =
    [
        new("1", "alter table t add column x uuid default gen_random_uuid()", "t AccessExclusive", AllOfT, "t"),
        new("1", "alter table t add column x timestamptz default clock_timestamp()", "t AccessExclusive", AllOfT, "t"),
        new("1", "alter table t add column x uuid, alter column x set default gen_random_uuid()", "t AccessExclusive"),
        new("1b", "alter table t add column x timestamptz not null default now()", "t AccessExclusive"),
        new("1b", "alter table t add column x int not null default 7", "t AccessExclusive"),
        new("2", "alter table t add column x bigserial", "t AccessExclusive", AllOfT, "t"),
        new("2", "alter table t add column x bigint generated always as identity", "t AccessExclusive", AllOfT, "t"),
        new("3", "alter table t add column x int generated always as (c + 1) stored", "t AccessExclusive", AllOfT, "t"),
        new("3", "alter table t add column x int generated always as (c + 1) virtual", "t AccessExclusive") { Since = 18 },
        new("4", "alter table t add column x positive", "t AccessExclusive", AllOfT, "t"),
        new("4", "alter table t add column x bare", "t AccessExclusive"),
        new("6", "alter table t add column x int check (x > 0)", "t AccessExclusive", Scans: "t"),
        new("7", "alter table t add column x int unique", "t AccessExclusive", Scans: "t"),
        new("8", "alter table t add column x bigint references parent", "parent ShareRowExclusive, t AccessExclusive"),
        new("9", "alter table t alter column c set not null", "t AccessExclusive", Scans: "t"),
        new("9", "alter table t alter column proven set not null", "t AccessExclusive"),
        new("9", "alter table t alter column proven set not null, drop constraint proven_there", "t AccessExclusive", Scans: "t"),
        new("9", "alter table t add constraint x not null c not valid", "t AccessExclusive") { Since = 18 },
        new("10", "alter table t alter column c type bigint", "t AccessExclusive", AllOfT, "t"),
        new("10b", "alter table t alter column v type varchar(40)", "t AccessExclusive"),
        new("10b", "alter table t alter column v type text", "t AccessExclusive"),
        new("10b", "alter table t alter column net type inet", "t AccessExclusive"),
        new("10b", "alter table t alter column n type numeric(14,2)", "t AccessExclusive"),
        new("10c", "alter table t alter column ts type timestamptz", "t AccessExclusive") { First = "set local timezone = 'UTC'" },
        new("10c", "alter table t alter column ts type timestamptz", "t AccessExclusive", AllOfT, "t") { First = "set local timezone = 'Europe/Zurich'" },
        new("10d", "alter table t alter column k type varchar(40)", "t AccessExclusive", Scans: "t"),
        new("10e", """alter table t alter column w type text collate "POSIX" """, "t AccessExclusive", "t_w", "t"),
        new("11", "alter table t drop column v", "t AccessExclusive", "t_v"),
        new("12", "alter table t rename column v to vv", "t AccessExclusive"),
        new("13", "alter table t rename to tt", "t AccessExclusive"),
        new("13", "alter table t set schema elsewhere", "t AccessExclusive"),
        new("14", "alter table t add column x json", "t AccessExclusive"),
        new("17", "alter table t alter column nn drop not null", "t AccessExclusive"),
        new("19", "alter table t add constraint x check (c > 0)", "t AccessExclusive", Scans: "t"),
        new("19", "alter table t add constraint x check (c > 0) not valid", "t AccessExclusive"),
        new("19", "alter table t validate constraint c_small", "t ShareUpdateExclusive", Scans: "t"),
        new("20", "alter table t add constraint x foreign key (parent_id) references parent", "parent ShareRowExclusive, t ShareRowExclusive", Scans: "t") { MayScan = "parent" },
        new("20", "alter table t add constraint x foreign key (parent_id) references parent not valid", "parent ShareRowExclusive, t ShareRowExclusive"),
        new("20", "alter table t validate constraint t_parent", "parent RowShare, t ShareUpdateExclusive", Scans: "t") { MayScan = "parent" },
        new("22", "alter table t add constraint x unique (parent_id)", "t AccessExclusive", Scans: "t"),
        new("22", "alter table t add constraint x unique using index t_c_key", "t AccessExclusive"),
        new("22b", "alter table loose add primary key using index loose_id", "loose AccessExclusive", Scans: "loose") { First = "create unique index loose_id on loose (id)" },
        new("22b", "alter table loose add primary key using index loose_id", "loose AccessExclusive")
            { First = "create unique index loose_id on loose (id); alter table loose alter column id set not null" },
        new("23", "alter table t add constraint x exclude using btree (parent_id with =)", "t AccessExclusive", Scans: "t"),
        new("24", "alter table child drop constraint child_parent", "child AccessExclusive, parent AccessExclusive"),
        new("25", "drop table child", "child AccessExclusive, parent AccessExclusive", "child, child_pkey"),
        new("26", "create table x (id int primary key, parent_id bigint references parent)", "parent ShareRowExclusive"),
        new("28", "alter domain used add constraint x check (value > 0)", "users_of_domain Share", Scans: "users_of_domain"),
        new("28", "alter domain used set not null", "users_of_domain Share", Scans: "users_of_domain"),
        new("28", "alter domain used add constraint x check (value > 0) not valid", ""),
        new("29", "create index x on t (parent_id)", "t Share", Scans: "t"),
        new("33", "drop index t_v", "t AccessExclusive", "t_v"),
        new("34", "reindex index t_v", "t Share", "t_v", "t"),
        new("34", "reindex table t", "t Share", "t_c_key, t_nn_key, t_pkey, t_v, t_w", "t"),
        new("34", "cluster t using t_v", "t AccessExclusive", AllOfT, "t"),
        new("34", "alter table loose set unlogged", "loose AccessExclusive", "loose", "loose"),
        new("37", "create index x on p (id)", "p Share, p_2024 Share, p_default Share", Scans: "p_2024, p_default"),
        new("37", "create index x on only p (id)", "p Share"),
        new("38", "alter table p attach partition loose for values from ('2025-01-01') to ('2026-01-01')",
            "loose AccessExclusive, p ShareUpdateExclusive, p_default AccessExclusive", Scans: "loose, p_default"),
        new("38", "alter table q attach partition proven for values from ('2025-01-01') to ('2026-01-01')", "proven AccessExclusive, q ShareUpdateExclusive"),
        new("39", "create table x partition of p for values from ('2025-01-01') to ('2026-01-01')", "p AccessExclusive, p_default AccessExclusive", Scans: "p_default"),
        new("40", "alter table q detach partition q_2024", "q AccessExclusive, q_2024 AccessExclusive"),
        new("40", "alter table p detach partition p_2024", "p AccessExclusive, p_2024 AccessExclusive, p_default AccessExclusive"),
        new("41", "drop table p_2024", "p AccessExclusive, p_2024 AccessExclusive, p_default AccessExclusive", "p_2024"),
        new("45", "update t set c = c", "t RowExclusive", Scans: "t"),
        new("46", "truncate t", "t AccessExclusive", AllOfT, "t"),
        new("49", "create trigger x after insert on t for each row execute function nothing()", "t ShareRowExclusive"),
        new("49", "alter table t disable trigger quiet", "t ShareRowExclusive"),
        new("50", "alter table t enable row level security", "t AccessExclusive"),
        new("51", "refresh materialized view m", "m AccessExclusive", "m, m_n", "m, t"),
        new("51", "refresh materialized view concurrently m", "m Exclusive", Scans: "m, t"),
        new("52", "lock table t in share mode", "t Share"),
    ];
}
