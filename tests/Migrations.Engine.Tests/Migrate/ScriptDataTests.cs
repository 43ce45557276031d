using System.IO.Compression;
using System.Text;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Rehearsal;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A script that is a folder brings the rows of its tables along: all in its own transaction, or nothing.</summary>
public sealed class ScriptDataTests(Servers servers)
{
    private const string Tables = """
        create schema sales;
        create table sales.users (id bigint generated always as identity primary key, name text not null, joined date);
        create table "Odd orders" (id int primary key, buyer bigint not null references sales.users, paid numeric);
        """;

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Its_csv_files_are_loaded_parents_first_before_it_verifies_and_commits(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("versions/001_shop/up.sql", Tables)
            .With("versions/001_shop/verify.sql", "select count(*) = 2 from \"Odd orders\" join sales.users u on u.id = buyer where u.name = 'Ann, \"the first\"';")
            .With("versions/001_shop/data/Odd orders.csv", "Id;Buyer;Paid\n1;7;1.50\n2;7;\n")
            .With("versions/001_shop/data/notes.txt", "not a table");
        await WriteGzipAsync(bench, "versions/001_shop/data/sales.users.csv.gz", "id,name,joined\n7,\"Ann, \"\"the first\"\"\",2024-02-29\n9,Bo,\n");

        var result = Assert.Single(await bench.UpAsync());

        Assert.Equal(MigrationOutcome.Succeeded, result.Outcome);
        Assert.Equal("7 2024-02-29, 9 ", await bench.ScalarAsync<string>("select string_agg(id || ' ' || coalesce(joined::text, ''), ', ' order by id) from sales.users"));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from \"Odd orders\" where paid is null"));
        Assert.Equal(10L, await bench.ScalarAsync<long>("insert into sales.users (name) values ('next') returning id"));
        Assert.Equal(2f, await bench.ScalarAsync<float>("select reltuples from pg_class where relname = 'Odd orders'"));
        Assert.Empty(await bench.UpAsync());
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_bad_row_is_named_with_file_and_line_and_nothing_of_the_script_remains(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("versions/001_t/up.sql", "create table t (id int primary key, at date);")
            .With("versions/001_t/data/t.csv", "id,at\n1,2024-01-01\n2,2024-02-30\n");

        var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.UpAsync());

        Assert.Equal(("ImportRowRefused", "22008", 3L, "at"), (failure.ErrorId, failure.SqlState, failure.Line, failure.Column));
        Assert.EndsWith("/versions/001_t/data/t.csv", failure.File, StringComparison.Ordinal);
        Assert.DoesNotContain("-OnError", failure.Advice, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("t"));
        var status = Assert.Single(await bench.StatusAsync());
        Assert.Equal((MigrationState.Failed, "22008"), (status.State, status.SqlState));

        bench.With("versions/001_t/data/t.csv", "id,at\n1,2024-01-01\n2,2024-02-29\n");
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task What_verify_refuses_takes_the_rows_with_it()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("000_t.sql", "create table t (id int);")
            .With("versions/001_rows/up.sql", "select 1;")
            .With("versions/001_rows/verify.sql", "select count(*) = 3 from t;")
            .With("versions/001_rows/data/t.csv", "id\n1\n2\n");

        Assert.Equal("VerifyFailed", (await Assert.ThrowsAnyAsync<EngineException>(() => bench.UpAsync())).ErrorId);

        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_file_that_the_script_copies_itself_and_one_that_lies_deeper_are_not_loaded_again()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("versions/001_t/up.sql", "create table t (id int);\n\\copy t from 'data/t.csv' with (format csv, header)\n")
            .With("versions/001_t/data/t.csv", "id\n1\n")
            .With("versions/001_t/data/later/t.csv", "id\n2\n");

        await bench.UpAsync();

        Assert.Equal("1", await bench.ScalarAsync<string>("select string_agg(id::text, ',') from t"));
    }

    [Fact]
    public async Task Of_a_script_in_parts_they_are_loaded_with_its_last_commit()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("versions/001_t/up.sql", "create table t (id int);\ncreate unique index concurrently t_id on t (id);")
            .With("versions/001_t/data/t.csv", "id\n1\n1\n");

        Assert.Equal("23505", (await Assert.ThrowsAsync<ImportRowException>(() => bench.UpAsync())).SqlState);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));

        bench.With("versions/001_t/data/t.csv", "id\n1\n2\n");
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task What_the_script_has_set_for_reading_and_writing_holds_again_behind_them()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("versions/001_t/up.sql", "set datestyle = 'SQL, DMY';\ncreate table t (id int, at date);\ncreate table told (style text, at text);")
            .With("versions/001_t/data/t.csv", "id,at\n1,2024-02-03\n")
            .With("versions/001_t/verify.sql", "select current_setting('datestyle') = 'SQL, DMY' and at::text = '03/02/2024' from t;");

        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_table_that_another_session_holds_is_tried_again()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("000_t.sql", "create table t (id int);")
            .With("versions/001_rows/up.sql", "select 1;")
            .With("versions/001_rows/data/t.csv", "id\n1\n");
        await bench.UpAsync(new MigrationRequest { Target = "000" });
        await using var other = await bench.SessionAsync();
        await using (var hold = new NpgsqlCommand("begin; lock table t in access exclusive mode", other)) await hold.ExecuteNonQueryAsync(Workbench.Token);
        var run = Task.Run(() => bench.UpAsync(new MigrationRequest { Retry = Engine.Online.RetryPolicy.Default with { LockTimeout = TimeSpan.FromMilliseconds(200), Attempts = 20 } }));
        await Task.Delay(1000, Workbench.Token);
        await using (var release = new NpgsqlCommand("commit", other)) await release.ExecuteNonQueryAsync(Workbench.Token);

        var result = Assert.Single(await run);

        Assert.Equal(MigrationOutcome.Succeeded, result.Outcome);
        Assert.InRange(result.Retries, 1, 20);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task The_plan_shows_them_an_edit_of_one_is_a_change_and_a_plan_file_refuses_them()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("versions/001_t/up.sql", "create table t (id int);")
            .With("versions/001_t/data/t.csv", "id\n1\n");

        var plan = await bench.PlanAsync();

        Assert.Equal("t.csv", Path.GetFileName(Assert.Single(Assert.Single(plan.Describe(bench.Mask)).DataFiles)));
        var refusal = await Assert.ThrowsAsync<EngineException>(() => new PlanFile(plan, bench.Mask, TimeProvider.System).WriteAsync(TextWriter.Null, Workbench.Token));
        Assert.Equal("PlanHoldsDataFiles", refusal.ErrorId);
        await bench.UpAsync();
        bench.With("versions/001_t/data/t.csv", "id\n2\n");
        Assert.Equal("ScriptChanged", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_session_that_is_lost_in_their_midst_leaves_nothing_and_the_next_run_does_it_all()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("000_t.sql", """
                create table t (id int);
                create function strike() returns trigger language plpgsql as $$ begin if new.id = 2 then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end $$;
                create trigger strike before insert on t for each row execute function strike();
                """)
            .With("versions/001_rows/up.sql", "create table other (id int);")
            .With("versions/001_rows/data/t.csv", "id\n1\n2\n3\n");

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => bench.UpAsync())).ErrorId);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.False(await bench.HasTableAsync("other"));

        await bench.ExecuteAsync("drop trigger strike on t");
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_file_without_a_table_of_its_name_ends_the_script()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("versions/001_t/up.sql", "create table t (id int);")
            .With("versions/001_t/data/tt.csv", "id\n1\n");

        Assert.Equal("TableNotFound", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Fact]
    public async Task A_rehearsal_loads_them_and_proves_that_they_go_with_the_script()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("versions/001_t/up.sql", "create table t (id int primary key);")
            .With("versions/001_t/down.sql", "drop table t;")
            .With("versions/001_t/verify.sql", "select count(*) = 2 from t;")
            .With("versions/001_t/data/t.csv", "id\n1\n2\n");

        var report = await bench.TestOneAsync();

        Assert.Null(report.Error);
        Assert.Equal(ProofVerdict.Proven, report.Verdict);
    }

    private static async Task WriteGzipAsync(Workbench bench, string name, string text)
    {
        await using var file = File.Create(Path.Combine(bench.Project.Root, name));
        await using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        await gzip.WriteAsync(Encoding.UTF8.GetBytes(text), Workbench.Token);
    }
}
