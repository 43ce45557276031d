using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A tree of sqitch runs as its plan says: deploy up, revert down, verify before the commit.</summary>
public sealed class SqitchTreeTests(Servers servers)
{
    private const string Plan = """
        %syntax-version=1.0.0
        %project=shop
        %uri=https://example.com/shop

        # Comments are lines, too.
        schema 2026-01-01T10:00:00Z Ada <ada@example.com> # The schema
        users [schema !old_users] 2026-01-02T10:00:00Z Ada Lovelace <ada@example.com>
        @v1.0 2026-01-02T11:00:00Z Ada <ada@example.com> # First
        sub/late [users @v1.0 shop:schema] 2026-01-01T09:00:00Z Bob <bob@example.com> # Merged, with "quotes"
        users [users@v1.0] 2026-01-03T10:00:00Z Ada <ada@example.com>

        """;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task What_the_real_sqitch_makes_runs_up_and_down(int major)
    {
        var sqitch = ForeignProgram.FindOrSkip("sqitch");
        using var bench = await Workbench.CreateAsync(servers, major);
        var tree = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "tree")).FullName;
        await sqitch.RunAsync(tree, null, "init", "flipr", "--engine", "pg");
        await sqitch.RunAsync(tree, null, "config", "user.name", "Ada");
        await sqitch.RunAsync(tree, null, "config", "user.email", "ada@example.com");
        await sqitch.RunAsync(tree, null, "add", "zz_schema", "-n", "The schema");
        await sqitch.RunAsync(tree, null, "add", "users", "--requires", "zz_schema", "-n", "Users");
        await sqitch.RunAsync(tree, null, "tag", "v1", "-n", "First");
        await Fill(tree, "zz_schema", "create schema flipr;", "drop schema flipr;", "select 1/count(*) from pg_namespace where nspname = 'flipr';");
        await Fill(tree, "users", "create table flipr.users (id int);", "drop table flipr.users;", "insert into flipr.users values (1);\nselect id from flipr.users where false;");
        await sqitch.RunAsync(tree, null, "rework", "users", "-n", "Users again");
        await Fill(tree, "users", "alter table flipr.users add name text;", "alter table flipr.users drop name;", "select name from flipr.users where false;");

        Assert.Equal(["zz_schema", "users@v1", "users"], (await UpAsync(bench, tree)).Select(r => r.Name));
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(name) + count(*) from flipr.users"));
        Assert.Equal(["The schema", "Users", "Users again"], (await StatusAsync(bench, tree)).Select(s => s.Title));
        Assert.Empty(await UpAsync(bench, Path.Combine(tree, "deploy")));

        await using var database = bench.Open();
        var down = await new UndoPlanner(database, ScriptProject.Load(tree), []).PlanAsync(new() { Target = "0" }, Workbench.Token);
        Assert.Equal(["users", "users@v1", "zz_schema"], (await bench.RunAsync(database, down)).Select(r => r.Name));
        Assert.Null(await bench.ScalarAsync<string>("select nspname::text from pg_namespace where nspname = 'flipr'"));
    }

    [Fact]
    public async Task A_verify_that_fails_rolls_the_change_back()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        var tree = Write(bench.Project, "%project=x\n\na 2026-01-01T10:00:00Z A <a@x>\n", ("deploy/a.sql", "BEGIN;\ncreate table a (n int);\nCOMMIT;\n"), ("verify/a.sql", "BEGIN;\ninsert into a values (1);\nselect m from a;\nROLLBACK;\n"));

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => UpAsync(bench, tree));

        Assert.Equal("verify/a.sql:3:8", failure.SourcePosition!.ToString());
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public void The_plan_gives_order_versions_requirements_and_titles()
    {
        using var project = new TestProject();
        var tree = Write(project, Plan, Files("schema", "users@v1.0", "sub/late", "users"));

        var scripts = ScriptProject.Load(tree).Versioned;

        Assert.Equal(["schema", "users@v1.0", "sub/late", "users"], scripts.Select(s => s.Name));
        Assert.Equal(["20260101100000", "20260102100000", "20260102100000.1", "20260103100000"], scripts.Select(s => s.Version!.ToString()));
        Assert.Equal(["The schema", "users", "Merged, with \"quotes\"", "users"], scripts.Select(s => s.Title));
        Assert.Equal(["20260102100000", "20260102100000", "20260101100000"], scripts[2].Header.Requires);
        Assert.Equal(["20260102100000"], scripts[3].Header.Requires);
        Assert.Equal("deploy/sub/late.sql", scripts[2].RelativePath);
    }

    [Theory]
    [InlineData("b [nothing] 2026-01-02T10:00:00Z A <a@x>", "RequiresUnknown", 4)]
    [InlineData("b [other:a] 2026-01-02T10:00:00Z A <a@x>", "RequiresUnknown", 4)]
    [InlineData("b [!a] 2026-01-02T10:00:00Z A <a@x>", "SqitchPlanInvalid", 4)]
    [InlineData("a 2026-01-02T10:00:00Z A <a@x>", "SqitchPlanInvalid", 4)]
    [InlineData("b", "SqitchPlanInvalid", 4)]
    [InlineData("# nothing more", "ScriptNotInPlan", null)]
    [InlineData("b 2026-01-02T10:00:00Z A <a@x>\nc 2026-01-02T10:00:00Z A <a@x>", "UpMissing", null)]
    public void A_plan_that_does_not_fit_is_refused(string line, string id, int? at)
    {
        using var project = new TestProject();
        var tree = Write(project, $"%project=x\n\na 2026-01-01T10:00:00Z A <a@x>\n{line}\n", Files("a", "b"));
        var failure = Assert.Throws<ScriptException>(() => ScriptProject.Load(tree));
        Assert.Equal((id, at), (failure.ErrorId, failure.Line));
    }

    [Fact]
    public void New_scripts_of_such_a_tree_are_sqitchs_business()
    {
        using var project = new TestProject();
        var tree = Write(project, "%project=x\n\na 2026-01-01T10:00:00Z A <a@x>\n", Files("a"));
        var failure = Assert.Throws<EngineException>(() => NewScript.Plan(ProjectFolder.Locate(tree, "/"), ProjectSettings.Default, new NewScriptOptions("x", "")));
        Assert.Equal("SqitchPlanOwns", failure.ErrorId);
    }

    private static (string, string)[] Files(params string[] stems) => [.. stems.Select(stem => ($"deploy/{stem}.sql", "-- Deploy\n\nBEGIN;\nselect 1;\nCOMMIT;\n"))];

    private static string Write(TestProject project, string plan, params (string Path, string Text)[] files)
    {
        project.With("tree/sqitch.plan", plan);
        foreach (var (path, text) in files) project.With("tree/" + path, text);
        return Path.Combine(project.Root, "tree");
    }

    private static async Task Fill(string tree, string change, string deploy, string revert, string verify)
    {
        foreach (var (folder, text) in new[] { ("deploy", deploy), ("revert", revert), ("verify", verify) })
        {
            var file = Path.Combine(tree, folder, change + ".sql");
            var before = await File.ReadAllTextAsync(file, Workbench.Token);
            // The text of a rework begins as a copy of the one before.
            var fresh = before.Contains("XXX", StringComparison.Ordinal) ? System.Text.RegularExpressions.Regex.Replace(before, "-- XXX.*", text) : $"-- {folder}\n\nBEGIN;\n\n{text}\n\n{(folder == "verify" ? "ROLLBACK" : "COMMIT")};\n";
            Assert.Contains("BEGIN;", fresh, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, fresh, Workbench.Token);
        }
    }

    private static async Task<List<MigrationResult>> UpAsync(Workbench bench, string tree)
    {
        await using var database = bench.Open();
        return await bench.RunAsync(database, await new MigrationPlanner(database, ScriptProject.Load(tree), []).PlanAsync(new(), Workbench.Token));
    }

    private static async Task<IReadOnlyList<MigrationStatus>> StatusAsync(Workbench bench, string tree)
    {
        await using var database = bench.Open();
        return await new StatusReader(database, ScriptProject.Load(tree)).ReadAsync(new(), Workbench.Token);
    }
}
