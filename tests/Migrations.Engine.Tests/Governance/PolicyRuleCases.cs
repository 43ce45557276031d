namespace Migrations.Engine.Tests.Governance;

internal static class PolicyRuleCases
{
    private const string Header = "-- migration: Songs\n-- author: ada\n-- ticket: M-1\n-- description: A song is what an artist makes.\n-- risk: low\n\n";

    public static IReadOnlyList<PolicyRuleCase> All { get; } =
    [
        new("file-name", "select 1;", "select 1;", "does not match") { StoppedFile = "1_One More.sql" },
        new("file-name", "select 1;", "select 1;", "does not match [0-9]{3}_.*", ", \"pattern\": \"[0-9]{3}_.*\"") { File = "001_one.sql" },
        new("header-fields", Header + "select 1;", "select 1;", "no header"),
        new("header-fields", Header + "select 1;", Header.Replace("M-1", "TBD", StringComparison.Ordinal) + "select 1;", "placeholder: 'TBD'"),
        new("header-fields", Header + "select 1;", Header.Replace("-- risk: low\n", "", StringComparison.Ordinal) + "select 1;", "does not say its risk"),
        new("header-fields", Header + "select 1;", Header.Replace("M-1", "later", StringComparison.Ordinal) + "select 1;", "does not match M-[0-9]+", ", \"patterns\": { \"ticket\": \"M-[0-9]+\" }"),
        new("way-back", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;", "create table a (id int);", "no down section"),
        new("way-back", "-- migration: X\n-- irreversible: The rows are gone.\n\nselect 1;", "-- migrate:up\nselect 1;\n-- migrate:down\n-- nothing yet\n", "one with nothing in it"),
        new("way-back", "-- migration: X\n-- irreversible: The rows are gone.\n\nselect 1;", "-- migration: X\n-- irreversible: todo\n\nselect 1;", "no reason"),
        new("object-name", "create table a_song (id int, artist_name text);", "create table \"Song\" (id int);", "The table 'Song'"),
        new("object-name", "create table Song (id int);", "create table song (id int, \"artistName\" text);", "The column 'artistName'"),
        new("object-name", "create table song (id int); create index song_id on song (id);", "create table song (id int);\ncreate index \"Song Id\" on song (id);", "The index 'Song Id'"),
        new("comment-on-new", "create table a (id int);\ncomment on table a is 'Of songs.';\ncomment on column a.id is 'Given by the label.';", "create table a (id int);\ncomment on table a is 'Of songs.';", "column a.id has no comment"),
        new("comment-on-new", "create table a (id int);\ncomment on table a is 'Of songs.';\ncomment on column public.a.\"id\" is 'x';", "create table a (id int);\ncomment on table a is null;\ncomment on column a.id is 'x';", "table a has no comment"),
        new("grant-to-public", "create table a (id int);\ngrant select on a to pg_monitor;", "create table a (id int);\ngrant select on a to pg_monitor, public;", "granted to PUBLIC"),
        new("grant-to-public", "create table a (id int);\nrevoke all on a from public;", "alter default privileges grant select on tables to public;", "granted to PUBLIC"),
        new("definer-search-path", "create function f() returns int language sql security definer set search_path = pg_catalog, pg_temp as 'select 1';", "create function f() returns int language sql security definer as 'select 1';", "no search_path of its own"),
        new("definer-search-path", "create function f() returns int language sql security definer as 'select 1';\nalter function f() set search_path to pg_catalog;", "create function f() returns int language sql as 'select 1';\nalter function f() security definer;", "no search_path of its own"),
        new("password-literal", "comment on role postgres is 'password ''x''';", "alter role pg_monitor password 'secret';", "A password stands"),
        new("role-attribute", "do $$ begin perform 1; end $$;", "create role policy_test_a login superuser;", "SUPERUSER"),
        new("role-attribute", "grant pg_monitor to pg_read_all_stats;", "grant pg_execute_server_program to postgres;", "as good as"),
        new("role-attribute", "select 1;", "create role policy_test_b createdb;", "CREATEDB", ", \"attributes\": [\"createdb\"]"),
        new("history-untouched", "select count(*) from pg_class;", "update migrations.scripts set title = 'x';", "names the schema migrations"),
        new("history-untouched", "create table public.migrations_of_birds (id int);", "grant all on all tables in schema migrations to pg_monitor;", "names the schema migrations"),
    ];
}
