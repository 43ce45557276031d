namespace Migrations.Module.Tests.Hosting;

/// <summary>A session whose default connection is a new, empty database, and whose <c>$project</c> is a project folder.</summary>
internal sealed class RunnerSession : IDisposable
{
    private readonly SharedSandbox _sandbox;

    public RunnerSession(SharedSandbox sandbox, string project)
        : this(sandbox, project, sandbox.NewDatabase())
    {
    }

    public RunnerSession(SharedSandbox sandbox, string project, string connection)
    {
        _sandbox = sandbox;
        Connection = connection;
        Database = connection.Split("dbname=")[1].Split(' ')[0];
        Session["project"] = project;
        // Not in the text of a command, where error records would quote it.
        Session["connection"] = connection;
        Session.Run("$null = Connect-Db $connection").ThrowIfFailed();
    }

    public ModuleSession Session { get; } = new();

    public string Connection { get; }

    public string Database { get; }

    public RunResult Run(string script) => Session.Run(script);

    /// <summary>One property of what a script wrote, as text.</summary>
    public IReadOnlyList<string?> Column(string script, string property) =>
        [.. Run(script).ThrowIfFailed().Output.Select(item => item.Properties[property].Value?.ToString())];

    public object? Scalar(string sql) => _sandbox.Scalar(Database, sql);

    public bool Exists(string table) => Scalar($"select to_regclass('{table}') is not null") is true;

    /// <summary>Sessions in this database that are not the asking one.</summary>
    public long Count(string condition) =>
        (long)_sandbox.Scalar("postgres", $"select count(*) from pg_stat_activity where datname = '{Database}' and {condition}")!;

    public static async Task WaitFor(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++) await Task.Delay(50);
        Assert.True(condition());
    }

    public void Dispose() => Session.Dispose();
}
