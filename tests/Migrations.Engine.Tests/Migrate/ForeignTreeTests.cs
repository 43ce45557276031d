using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The trees of Flyway, dbmate, goose and golang-migrate run up and down as they are.</summary>
public sealed class ForeignTreeTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_Flyway_tree_runs_up_and_down(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("V1__create_people.sql", "create table ${table_prefix}people (id int, note text default '${greeting}');\n")
            .With("V1.1__add_email.sql", "alter table p_people add email text;\n")
            .With("V1_2__two.sql", "create table two (n int);\n")
            .With("U1.2__two.sql", "drop table two;\n")
            .With("U1.1__add_email.sql", "alter table p_people drop email cascade;\n")
            .With("U1__create_people.sql", "drop table p_people;\n")
            .With("R__people_view.sql", "create or replace view people_view as select * from p_people;\n");
        bench.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("table_prefix", "p_").With("greeting", "it's") };

        Assert.Equal(["V1__create_people", "V1.1__add_email", "V1_2__two", "R__people_view"], (await bench.UpAsync()).Select(r => r.Name));
        await bench.ExecuteAsync("insert into p_people (id) values (1)");
        Assert.Equal("it's", await bench.ScalarAsync<string>("select note from people_view where email is null"));
        await bench.ExecuteAsync("drop view people_view");

        Assert.Equal(["V1_2__two", "V1.1__add_email", "V1__create_people"], (await bench.DownAsync(new() { Target = "0" })).Select(r => r.Name));
        Assert.False(await bench.HasTableAsync("p_people"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task What_dbmate_makes_runs_up_and_down(int major)
    {
        var dbmate = ForeignProgram.FindOrSkip("dbmate");
        using var bench = await Workbench.CreateAsync(servers, major);
        await dbmate.RunAsync(bench.Project.Root, null, "--url", "postgres://nobody@127.0.0.1/nothing", "--migrations-dir", "versions", "new", "create_users");
        var file = Assert.Single(Directory.GetFiles(bench.Project.FileOf("")));
        Assert.Contains("-- migrate:up", await File.ReadAllTextAsync(file, Workbench.Token), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Workbench.Token))
            .Replace("-- migrate:up", "-- migrate:up transaction:false\ncreate table users (id int);\ncreate index concurrently users_id on users (id);", StringComparison.Ordinal)
            .Replace("-- migrate:down", "-- migrate:down\ndrop table users;", StringComparison.Ordinal), Workbench.Token);

        Assert.Equal(2, Assert.Single(await bench.UpAsync()).Statements);
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'users_id'::regclass"));
        await bench.DownAsync();
        Assert.False(await bench.HasTableAsync("users"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_goose_tree_runs_up_and_down(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("00001_post.sql", """
                -- +goose Up
                CREATE TABLE post (
                    id int NOT NULL,
                    title text,
                    PRIMARY KEY(id)
                );

                -- +goose StatementBegin
                CREATE OR REPLACE FUNCTION titles() RETURNS text AS $$
                -- +goose Down
                BEGIN
                    RETURN (SELECT string_agg(title, ';') FROM post);
                END;
                $$
                LANGUAGE plpgsql
                -- +goose StatementEnd
                -- +goose StatementBegin
                INSERT INTO post VALUES (1, 'a'), (2, 'b')
                -- +goose StatementEnd

                -- +goose Down
                DROP FUNCTION titles();
                DROP TABLE post;
                """)
            .With("20260102030405_index.sql", """
                -- +goose NO TRANSACTION
                -- +goose Up
                CREATE INDEX CONCURRENTLY post_title ON post (title);
                ANALYZE post;

                -- +goose Down
                DROP INDEX CONCURRENTLY post_title;
                """);

        var plan = await bench.PlanAsync();
        Assert.Equal([1, 2], plan.Scripts.Select(script => script.Segments.Count));
        Assert.Equal(["00001_post", "20260102030405_index"], (await bench.UpAsync()).Select(r => r.Name));
        Assert.Equal("a;b", await bench.ScalarAsync<string>("select titles()"));

        // Also from history, where the file is gone.
        File.Delete(bench.Project.FileOf("20260102030405_index.sql"));
        Assert.Equal(["20260102030405_index", "00001_post"], (await bench.DownAsync(new() { Target = "0" })).Select(r => r.Name));
        Assert.False(await bench.HasTableAsync("post"));
    }

    [Fact]
    public async Task A_bracket_of_goose_or_its_absence_changes_no_meaning()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("1_a.sql", "-- +goose Up\n-- +goose StatementBegin\ncreate table a (n int);\n-- +goose StatementEnd\n-- +goose Down\ndrop table a;\n");
        await bench.UpAsync();
        bench.With("1_a.sql", "-- migrate:up\ncreate table a (n int);\n-- migrate:down\ndrop table a;\n");
        Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
        bench.With("1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncreate table a (n int);\n-- +goose Down\ndrop table a;\n");
        Assert.Equal(MigrationState.Changed, Assert.Single(await bench.StatusAsync()).State);
    }

    [Theory]
    [InlineData("-- +goose Up\nselect 1;\n-- +goose Dwon\nselect 2;", "SectionUnknown", 3)]
    [InlineData("-- +goose\nselect 1;", "SectionUnknown", 1)]
    [InlineData("-- +goose ENVSUB ON\n-- +goose Up\nselect '${HOME}';", "DirectiveUnsupported", 1)]
    [InlineData("-- +goose Up\nselect 1;\n-- +goose Up\nselect 2;", "SectionDuplicate", 3)]
    [InlineData("select 0;\n-- +goose Up\nselect 1;", "TextBeforeSection", 1)]
    [InlineData("-- +goose Down\nselect 1;", "UpMissing", 2)]
    public void What_goose_would_not_take_or_we_cannot_do_is_named(string text, string id, int line)
    {
        using var project = new TestProject().With("1_a.sql", text);
        var failure = Assert.Throws<ScriptException>(() => project.Load());
        Assert.Equal((id, line), (failure.ErrorId, failure.Line));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Pairs_of_golang_migrate_run_up_and_down(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("000001_create_users.up.sql", "BEGIN;\n\nCREATE TYPE enum_mood AS ENUM ('happy', 'sad');\nCREATE TABLE IF NOT EXISTS users (id serial primary key, mood enum_mood);\nCOMMIT;\n")
            .With("000001_create_users.down.sql", "DROP TABLE IF EXISTS users;\nDROP TYPE enum_mood;\n")
            .With("000002_index.up.sql", "CREATE INDEX CONCURRENTLY users_mood ON users (mood);\n")
            .With("000002_index.down.sql", "DROP INDEX users_mood;\n");

        Assert.Equal(["000001_create_users", "000002_index"], (await bench.UpAsync()).Select(r => r.Name));
        Assert.True(await bench.HasTableAsync("users_mood"));
        Assert.Equal(2, (await bench.DownAsync(new() { Steps = 2 })).Count);
        Assert.False(await bench.HasTableAsync("users"));
    }

    [Fact]
    public async Task A_plain_folder_of_theirs_is_a_project()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        var folder = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "db", "migrations")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "000001_a.up.sql"), "create table a (n int);", Workbench.Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "000001_a.down.sql"), "drop table a;", Workbench.Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "embed.go"), "package migrations", Workbench.Token);
        await using var database = bench.Open();

        await bench.RunAsync(database, await new MigrationPlanner(database, ScriptProject.Load(folder), []).PlanAsync(new(), Workbench.Token));

        Assert.True(await bench.HasTableAsync("a"));
    }

    [Theory]
    [InlineData("00002_rename.go")]
    [InlineData("V2__Rename.java")]
    [InlineData("20260101000000-rename.js")]
    [InlineData("002_rename.py")]
    public void A_migration_that_is_a_program_is_not_stepped_over(string name)
    {
        using var project = new TestProject().With("00001_a.sql", "select 1;").With(name, "x");
        var failure = Assert.Throws<ScriptException>(() => project.Load());
        Assert.Equal("ScriptNotSql", failure.ErrorId);
        Assert.Equal("versions/" + name, failure.File);
    }

    [Fact]
    public void Other_files_among_the_scripts_are_left_alone()
    {
        using var project = new TestProject().With("00001_a.sql", "select 1;").With("embed.go", "x").With("00001_a_test.go", "x").With("README.md", "x").With("001_a.csv", "x");
        Assert.Single(project.Load().Versioned);
    }
}
