using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Migrations.Module.Tests;

/// <summary>examples/scheduled as a scheduler uses it: the script in a process of its own, the other files as far as this machine can try them.</summary>
public sealed partial class ScheduledExampleTests(SharedSandbox sandbox)
{
    private static readonly string s_folder = Path.Combine(TestTree.Root, "examples", "scheduled");

    private static readonly string s_script = Path.Combine(s_folder, "Invoke-ScheduledMigration.ps1");

    [Fact]
    public async Task It_ends_with_0_when_everything_is_applied_and_again_when_there_is_nothing_to_do()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);\ndo $$ begin raise notice 'told'; end $$;");
        using var runner = new RunnerSession(sandbox, project.Path);
        var log = Path.Combine(project.Path, "run.jsonl");

        var first = await RunAsync(project, runner, "-LogFile", log);
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Contains("Succeeded", first.Output, StringComparison.Ordinal);
        Assert.True(runner.Exists("a"));
        Assert.Equal(0, (await RunAsync(project, runner, "-LogFile", log)).ExitCode);

        Assert.Equal(["RunStarted", "ScriptStarted", "Notice", "ScriptSucceeded", "RunEnded", "NothingToDo"], await EventsAsync(log));
        Assert.DoesNotContain(sandbox.Password, await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_script_is_3_and_the_log_says_where()
    {
        using var project = new TemporaryProject().With("1_bad.sql", "create table half (n int);\nselect 1/0;");
        using var runner = new RunnerSession(sandbox, project.Path);
        var log = Path.Combine(project.Path, "run.jsonl");

        var failed = await RunAsync(project, runner, "-LogFile", log);

        Assert.Equal(3, failed.ExitCode);
        Assert.Contains("22012", failed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("::error", failed.Output, StringComparison.Ordinal);
        Assert.False(runner.Exists("half"));
        var lines = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        var line = JsonDocument.Parse(lines.Single(text => text.Contains("ScriptFailed", StringComparison.Ordinal))).RootElement;
        Assert.Equal(("versions/1_bad.sql", 2, "22012"), (line.GetProperty("file").GetString(), line.GetProperty("line").GetInt32(), line.GetProperty("sqlState").GetString()));
    }

    [Fact]
    public async Task A_lock_that_another_run_holds_is_75_and_nothing_runs()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var slow = new TemporaryProject().With("1_slow.sql", "select pg_sleep(600);");
        using var runner = new RunnerSession(sandbox, slow.Path);
        using var running = runner.Session.Start("Invoke-Migration $project");
        var run = running.BeginInvoke();
        await RunnerSession.WaitFor(() => runner.Count("wait_event = 'PgSleep'") == 1);

        var busy = await RunAsync(project, runner, "-RunTimeout", "100ms");

        Assert.Equal(75, busy.ExitCode);
        Assert.Contains("Another run holds the lock", busy.Errors, StringComparison.Ordinal);
        Assert.False(runner.Exists("a"));
        running.Stop();
    }

    [Theory]
    [InlineData(2, "-Environment", "production")]
    [InlineData(2, "-Path", "nowhere")]
    [InlineData(4, "-Connection", "host=127.0.0.1 port=1 dbname=x user=x")]
    public async Task A_refusal_is_2_and_a_server_that_is_not_there_4(int code, string parameter, string value)
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var runner = new RunnerSession(sandbox, project.Path);
        Assert.Equal(code, (await RunAsync(project, runner, parameter, value)).ExitCode);
    }

    [Fact]
    public void The_help_and_the_example_have_the_same_table()
    {
        var mapped = Mapping().Matches(File.ReadAllText(s_script)).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList();
        Assert.Equal(14, mapped.Count);
        var help = Unfolded().Replace(File.ReadAllText(Path.Combine(TestTree.Root, "module", "en-US", "about_Migrations_Runners.help.txt")), " ");
        foreach (var (kind, code) in mapped) Assert.Matches($@"(?m)^    {code} +.*\b{kind}\b", help);
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "true", "::error file=")]
    [InlineData("TF_BUILD", "True", "##vso[task.logissue type=error;sourcepath=")]
    public void A_failure_is_annotated_on_a_build_service_and_only_when_asked_for(string variable, string value, string begins)
    {
        using var project = new TemporaryProject().With("1_bad.sql", "create table half (n int);\nselect 1/0;");
        using var runner = new RunnerSession(sandbox, project.Path);
        var before = Environment.GetEnvironmentVariable(variable);
        try
        {
            Environment.SetEnvironmentVariable(variable, value);
            Assert.DoesNotContain(runner.Run("Invoke-Migration $project").Streams.Information, line => $"{line}".StartsWith(begins, StringComparison.Ordinal));
            var annotated = runner.Run("Invoke-Migration $project -Annotate");
            Assert.Contains("1_bad.sql", Assert.Single(annotated.Streams.Information, line => $"{line}".StartsWith(begins, StringComparison.Ordinal)).ToString(), StringComparison.Ordinal);
            Assert.Equal("Failed", Assert.Single(annotated.Output).Properties["Outcome"].Value.ToString());
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    [Fact]
    public void A_look_at_the_plan_leaves_no_log()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project -LogFile \"$project/run.jsonl\" -WhatIf").ThrowIfFailed();
        Assert.False(File.Exists(Path.Combine(project.Path, "run.jsonl")));
        Assert.StartsWith("LogNotWritable", runner.Run("Invoke-Migration $project -LogFile \"$project/no/run.jsonl\"").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Exists("a"));
    }

    [Fact]
    public void Systemd_takes_the_service_and_the_timer()
    {
        const string program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(program), "There is no systemd-analyze here.");
        using var folder = new TemporaryFolder();
        // It looks for the program too, and PowerShell need not be installed here.
        var service = folder.Write("migrations.service", File.ReadAllText(Path.Combine(s_folder, "migrations.service")).Replace("/usr/bin/pwsh", "/bin/sh", StringComparison.Ordinal));
        var timer = folder.Write("migrations.timer", File.ReadAllText(Path.Combine(s_folder, "migrations.timer")));
        var (code, said) = Run(program, "verify", "--man=no", service, timer);
        Assert.True(code == 0 && !said.Contains("migrations.", StringComparison.Ordinal), said);
        Assert.NotEqual("", Run(program, "verify", "--man=no", folder.Write("broken.service", "[Service]\nTypo=oneshot\nExecStart=/bin/sh\n")).Said);
    }

    [Theory]
    [InlineData("github-workflow.yml", "jobs")]
    [InlineData("azure-pipelines.yml", "stages")]
    public void The_pipeline_files_are_YAML_and_call_the_script_with_parameters_that_it_has(string file, string key)
    {
        var text = File.ReadAllText(Path.Combine(s_folder, file));
        foreach (Match call in ScriptCall().Matches(text))
            foreach (Match parameter in Parameter().Matches(call.Value)) Assert.Contains($"[string] ${parameter.Groups[1].Value}", File.ReadAllText(s_script), StringComparison.Ordinal);
        Assert.NotEmpty(ScriptCall().Matches(text));

        var python = new[] { "/usr/bin/python3", "/usr/local/bin/python3" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null || Run(python, "-c", "import yaml").Code != 0, "There is no Python with a YAML reader here.");
        var (code, said) = Run(python!, "-c", "import sys, yaml; print(sorted(str(k) for k in yaml.safe_load(open(sys.argv[1]))))", Path.Combine(s_folder, file));
        Assert.Equal(0, code);
        Assert.Contains($"'{key}'", said, StringComparison.Ordinal);
    }

    private async Task<ShellResult> RunAsync(TemporaryProject project, RunnerSession runner, params string[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["PGHOST"] = "127.0.0.1", ["PGPORT"] = $"{sandbox.Port}", ["PGDATABASE"] = runner.Database, ["PGUSER"] = sandbox.User, ["PGPASSWORD"] = sandbox.Password,
        };
        var start = new ProcessStartInfo(TestTree.Shell, [s_script, .. more.Contains("-Path") ? [] : new[] { "-Path", project.Path }, .. more])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = project.Path,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        // The tests may run on a build service themselves.
        foreach (var name in new[] { "GITHUB_ACTIONS", "TF_BUILD" }) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ShellResult(process.ExitCode, await output, await errors);
    }

    private static async Task<IEnumerable<string?>> EventsAsync(string log) =>
        (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString());

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    [GeneratedRegex(@"\b([A-Z]\w+) = (\d+)")]
    private static partial Regex Mapping();

    /// <summary>A continuation line of the table.</summary>
    [GeneratedRegex(@"\r?\n {10}")]
    private static partial Regex Unfolded();

    [GeneratedRegex(@"Invoke-ScheduledMigration\.ps1.*")]
    private static partial Regex ScriptCall();

    [GeneratedRegex(@" -([A-Z]\w+)")]
    private static partial Regex Parameter();
}
