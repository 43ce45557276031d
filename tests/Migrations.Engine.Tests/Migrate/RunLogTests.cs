using System.Text.Json;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The file of JSON lines that a run leaves.</summary>
public sealed class RunLogTests(Servers servers)
{
    private static readonly JsonElement s_schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(TestTree.Root, "module", "schemas", "run-log.schema.json"))).RootElement;

    [Fact]
    public async Task Each_event_is_a_line_in_its_order_as_the_schema_describes_it()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_t.sql", "create table t (n int);\ndo $$ begin raise warning 'mind the %', 'step'; end $$;")
            .With("002_bad.sql", "insert into t\n  values ('x');");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => RunAsync(bench));
        var lines = await LinesAsync(bench);

        Assert.Equal(["RunStarted", "ScriptStarted", "Notice", "ScriptSucceeded", "ScriptStarted", "ScriptFailed", "RunEnded"], lines.Select(line => Text(line, "event")));
        Assert.Equal(("migrate", "2", "postgres"), (Text(lines[0], "kind"), Text(lines[0], "scripts"), Text(lines[0], "role")));
        Assert.Equal(("001_t", "WARNING", "mind the step"), (Text(lines[2], "script"), Text(lines[2], "severity"), Text(lines[2], "message")));
        Assert.Equal(("versions/001_t.sql", "2", "0"), (Text(lines[3], "path"), Text(lines[3], "statements"), Text(lines[3], "retries")));
        Assert.Equal(("MigrationFailed", "Data", "22P02"), (Text(lines[5], "errorId"), Text(lines[5], "category"), Text(lines[5], "sqlState")));
        Assert.Equal(("versions/002_bad.sql", "2", "11"), (Text(lines[5], "file"), Text(lines[5], "line"), Text(lines[5], "column")));
        Assert.Equal(failure.Message, Text(lines[5], "message"));
        Assert.Equal(("Failed", "1"), (Text(lines[6], "outcome"), Text(lines[6], "succeeded")));
        Assert.All(lines, line => Assert.Equal($"{bench.ScalarAsync<Guid>("select run_id from migrations.runs where kind = 'migrate'").Result}", Text(line, "runId")));
    }

    [Fact]
    public async Task It_is_appended_to_and_holds_what_a_script_did_not_do_too()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await RunAsync(bench);
        bench.With("002_u.sql", "create table u (n int);");
        await RunAsync(bench);

        await using (var log = Log(bench)) log.Failed(new EngineException("WrongEnvironment", FailureKind.Refused, "no", "do"));
        var lines = await LinesAsync(bench);

        Assert.Equal(2, lines.Count(line => Text(line, "event") == "RunStarted"));
        Assert.Equal(("RunRefused", "WrongEnvironment", "Refused", "do"), (Text(lines[^1], "event"), Text(lines[^1], "errorId"), Text(lines[^1], "category"), Text(lines[^1], "advice")));
        Assert.Null(Text(lines[^1], "runId"));
    }

    [Fact]
    public async Task No_line_holds_a_secret()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_bad.sql", "select 'a canary'::int;\ndo $$ begin raise notice 'a canary'; end $$;");
        bench.Mask.Add("a canary");

        await Assert.ThrowsAsync<MigrationFailedException>(() => RunAsync(bench));

        var text = await File.ReadAllTextAsync(PathOf(bench), Workbench.Token);
        Assert.Contains("***", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_an_error_before_anything_runs()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await using var log = new RunLog(Path.Combine(bench.Project.Root, "not", "there.jsonl"), () => bench.Mask, bench.Activity, TimeProvider.System);
        Assert.Equal("LogNotWritable", Assert.Throws<EngineException>(log.Open).ErrorId);
    }

    [Fact]
    public async Task A_log_that_ends_early_warns_once_and_the_run_goes_on()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await using var database = bench.Open();
        var plan = await bench.PlanAsync();
        // Never opened, and its folder is not there: the first line fails as on a full disk.
        await using var log = new RunLog(Path.Combine(bench.Project.Root, "not", "there.jsonl"), () => bench.Mask, bench.Activity, TimeProvider.System);

        await foreach (var result in new MigrationRunner(database, bench.Activity, TimeProvider.System, log).RunAsync(plan, Workbench.Token))
            Assert.Equal(MigrationOutcome.Succeeded, result.Outcome);

        Assert.Contains("ends here", Assert.Single(bench.Activity.Warnings), StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("t"));
    }

    private static string PathOf(Workbench bench) => Path.Combine(bench.Project.Root, "run.jsonl");

    private static RunLog Log(Workbench bench) => new(PathOf(bench), () => bench.Mask, bench.Activity, TimeProvider.System);

    private static async Task RunAsync(Workbench bench)
    {
        await using var log = Log(bench);
        var activity = new LoggedActivity(bench.Activity, log);
        await using var database = new Database(ConnectionOptions.Parse(bench.ConnectionString), activity, bench.Mask);
        var plan = await bench.PlanAsync();
        await foreach (var _ in new MigrationRunner(database, activity, TimeProvider.System, log).RunAsync(plan, Workbench.Token)) { }
    }

    /// <summary>Each line parses, has only what the schema knows, and has what it requires.</summary>
    private static async Task<List<JsonElement>> LinesAsync(Workbench bench)
    {
        var lines = (await File.ReadAllLinesAsync(PathOf(bench), Workbench.Token)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var known = s_schema.GetProperty("properties");
        foreach (var property in lines.SelectMany(line => line.EnumerateObject()))
        {
            Assert.True(known.TryGetProperty(property.Name, out var described), property.Name);
            if (described.TryGetProperty("enum", out var allowed)) Assert.Contains(property.Value.GetString(), allowed.EnumerateArray().Select(value => value.GetString()));
            else Assert.Equal(described.GetProperty("type").GetString() == "string", property.Value.ValueKind == JsonValueKind.String);
        }

        foreach (var required in s_schema.GetProperty("required").EnumerateArray()) Assert.All(lines, line => Assert.True(line.TryGetProperty(required.GetString()!, out _)));
        return lines;
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.ToString() : null;
}
