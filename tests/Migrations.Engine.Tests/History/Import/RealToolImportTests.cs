using DbUp;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

/// <summary>Histories that the tools themselves have written.</summary>
public sealed class RealToolImportTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Dbmate(int major)
    {
        var dbmate = RealTool.Find("dbmate");
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("20260101120000_one.sql", "-- migrate:up\ncreate table one (n int);\n-- migrate:down\ndrop table one;\n")
            .With("20260102120000_two.sql", "-- migrate:up\ncreate table two (n int);\n-- migrate:down\ndrop table two;\n");
        await dbmate.RunAsync(bench.Project.Root, new Dictionary<string, string>(), "--no-dump-schema", "--migrations-dir", "versions",
            "--url", $"postgres://{RealTool.Authority(bench.ConnectionString)}?sslmode=disable", "up");
        bench.With("20260103120000_three.sql", "-- migrate:up\nselect 3;\n-- migrate:down\nselect 0;\n");
        var before = await bench.FingerprintAsync("schema_migrations");

        var done = await bench.ImportAsync();

        Assert.Equal([("20260101120000_one", "20260101120000"), ("20260102120000_two", "20260102120000")], done.Select(row => (row.Name, row.OriginalId)));
        Assert.All(done, row => Assert.Equal(("Dbmate", null, null), (row.Tool, row.OriginalTime, row.OriginalAuthor)));
        Assert.Equal(before, await bench.FingerprintAsync("schema_migrations"));
        Assert.Equal(["20260103120000_three"], (await bench.UpAsync()).Select(result => result.Name));
        await bench.DownAsync(new() { Target = "20260101120000" });
        Assert.True(await bench.HasTableAsync("one"));
        Assert.False(await bench.HasTableAsync("two"));
    }

    [Fact]
    public async Task Alembic_with_two_heads()
    {
        var alembic = RealTool.Find("alembic");
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_first.sql", "select 1;");
        var folder = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "alembic", "versions")).Parent!.FullName;
        File.WriteAllText(Path.Combine(folder, "alembic.ini"), "[alembic]\nscript_location = .\n");
        File.WriteAllText(Path.Combine(folder, "env.py"),
            """
            import os
            from alembic import context
            from sqlalchemy import create_engine, pool

            engine = create_engine(os.environ["TEST_URL"], poolclass=pool.NullPool)
            with engine.connect() as connection:
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            """);
        foreach (var (revision, down) in new[] { ("ae10", "None"), ("b1", "'ae10'"), ("c2", "'ae10'") })
            File.WriteAllText(Path.Combine(folder, "versions", revision + ".py"), $"from alembic import op\nrevision = '{revision}'\ndown_revision = {down}\ndef upgrade():\n    op.execute('create table t_{revision} (n int)')\n");
        await alembic.RunAsync(folder, new Dictionary<string, string> { ["TEST_URL"] = $"postgresql://{RealTool.Authority(bench.ConnectionString)}?sslmode=disable" }, "upgrade", "heads");

        var done = await bench.ImportAsync();

        Assert.Equal([("imported", "b1"), ("imported", "c2")], done.Select(row => (row.Kind, row.OriginalId)));
        Assert.Equal("Alembic head b1 and all that leads to it", done[0].Title);
        Assert.Equal(["001_first"], (await bench.UpAsync()).Select(result => result.Name));
    }

    [Fact]
    public async Task Sqitch_whose_changes_are_found_by_what_is_in_the_files()
    {
        var sqitch = RealTool.Find("sqitch");
        using var bench = await Workbench.CreateAsync(servers, 18);
        var folder = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "sqitch", "deploy")).Parent!.FullName;
        File.WriteAllText(Path.Combine(folder, "sqitch.conf"), "[core]\n\tengine = pg\n");
        File.WriteAllText(Path.Combine(folder, "sqitch.plan"),
            "%syntax-version=1.0.0\n%project=shop\n\nschema 2026-01-01T00:00:00Z Ada <ada@example.org> # The schema\n"
            + "users [schema] 2026-01-02T00:00:00Z Ada <ada@example.org> # Users\norders [users] 2026-01-03T00:00:00Z Ada <ada@example.org> # Orders\n");
        File.WriteAllText(Path.Combine(folder, "deploy", "schema.sql"), "begin;\ncreate schema shop;\ncommit;\n");
        File.WriteAllText(Path.Combine(folder, "deploy", "users.sql"), "begin;\ncreate table shop.users (n int);\ncommit;\n");
        File.WriteAllText(Path.Combine(folder, "deploy", "orders.sql"), "begin;\ncreate table shop.orders (n int);\ncommit;\n");
        await sqitch.RunAsync(folder, new Dictionary<string, string> { ["SQITCH_FULLNAME"] = "Bob", ["SQITCH_EMAIL"] = "bob@example.org" },
            "deploy", "--target", $"db:pg://{RealTool.Authority(bench.ConnectionString)}?sslmode=disable");
        // Ours: two of the three, numbered, to the byte.
        bench.With("001_schema.sql", File.ReadAllText(Path.Combine(folder, "deploy", "schema.sql"))).With("002_people.sql", File.ReadAllText(Path.Combine(folder, "deploy", "users.sql")));
        Directory.Delete(folder, recursive: true);
        var before = await bench.FingerprintAsync("sqitch.changes");

        var done = await bench.ImportAsync();

        Assert.Equal([("001_schema", "versioned"), ("002_people", "versioned"), ("orders", "imported")], done.Select(row => (row.Name, row.Kind)));
        Assert.All(done, row => Assert.Equal("Bob <bob@example.org>", row.OriginalAuthor));
        Assert.All(done, row => Assert.EndsWith("Z", row.OriginalTime, StringComparison.Ordinal));
        Assert.StartsWith("shop:users ", done[1].OriginalId, StringComparison.Ordinal);
        Assert.Equal("""["users"]""", await bench.ScalarAsync<string>("select (detail -> 'requires')::text from migrations.events where act = 'ScriptBaselined' order by event_id desc limit 1"));
        Assert.Equal(before, await bench.FingerprintAsync("sqitch.changes"));
        Assert.Empty((await bench.PlanAsync()).Scripts);
    }

    [Fact]
    public async Task DbUp_with_files_and_with_resources_of_an_assembly()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("0001_one.sql", "create table one (n int);").With("0002_two.sql", "create table two (n int);").With("0003_three.sql", "select 3;");
        var upgrade = DeployChanges.To.PostgresqlDatabase(bench.ConnectionString)
            .WithScript("0001_one.sql", "create table one (n int);").WithScript("Shop.Scripts.V2.0002_two.sql", "create table two (n int);").WithScript("Shop.Scripts.seed.sql", "select 1;")
            .LogToNowhere().Build().PerformUpgrade();
        Assert.True(upgrade.Successful, upgrade.Error?.Message);

        var done = await bench.ImportAsync();

        Assert.Equal([("0001_one", "0001_one.sql"), ("0002_two", "Shop.Scripts.V2.0002_two.sql"), ("Shop.Scripts.seed", "Shop.Scripts.seed.sql")], done.Select(row => (row.Name, row.OriginalId)));
        Assert.Equal(["versioned", "versioned", "imported"], done.Select(row => row.Kind));
        Assert.All(done, row => Assert.NotNull(row.OriginalTime));
        Assert.Equal(["0003_three"], (await bench.UpAsync()).Select(result => result.Name));
    }

    [Fact]
    public async Task Liquibase_with_a_file_of_two_change_sets_and_one_in_XML()
    {
        var liquibase = RealTool.Find("liquibase");
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_users.sql", "--liquibase formatted sql\n--changeset ada:1\ncreate table users (n int);\n--changeset ada:2\ncreate table roles (n int);\n")
            .With("002_later.sql", "--liquibase formatted sql\n--changeset ada:3\ncreate table later (n int);\n");
        File.WriteAllText(Path.Combine(bench.Project.Root, "changelog.xml"),
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
              <changeSet id="x-1" author="bob"><createTable tableName="tags"><column name="n" type="int"/></createTable></changeSet>
              <include file="versions/001_users.sql"/>
              <include file="versions/002_later.sql"/>
            </databaseChangeLog>
            """);
        var parts = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        await liquibase.RunAsync(bench.Project.Root, new Dictionary<string, string> { ["LIQUIBASE_ANALYTICS_ENABLED"] = "false" },
            "--changelog-file=changelog.xml", $"--url=jdbc:postgresql://{parts.Host}:{parts.Port}/{parts.Database}", $"--username={parts.Username}", $"--password={parts.Password}", "update");
        // One more change set than has run: this file is not wholly applied.
        bench.With("002_later.sql", "--liquibase formatted sql\n--changeset ada:3\ncreate table later (n int);\n--changeset ada:4\ncreate table last (n int);\n");
        var before = await bench.FingerprintAsync("databasechangelog");

        var plan = await bench.PlanImportAsync();
        Assert.Contains("versions/002_later.sql has 2 change sets here, and 1 of that file have run: 002_later is not taken over.", plan.Warnings);
        var done = await bench.ImportAsync();

        Assert.Equal([("changelog.xml::x-1::bob", "imported"), ("versions/001_users.sql::1::ada", "versioned"), ("versions/002_later.sql::3::ada", "imported")], done.Select(row => (row.OriginalId, row.Kind)));
        Assert.Equal("001_users", done[1].Name);
        Assert.Equal(4, File.ReadAllLines(bench.MapOf()).Length - 1);
        Assert.Equal(before, await bench.FingerprintAsync("databasechangelog"));
        Assert.Equal([MigrationState.Applied, MigrationState.Pending], (await bench.StatusAsync()).Select(state => state.State));
    }
}
