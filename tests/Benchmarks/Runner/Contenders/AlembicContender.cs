namespace Benchmarks.Runner.Contenders;

/// <summary>Alembic with a transaction a migration, and a script sent whole: the fastest shape that it can be given.</summary>
internal sealed class AlembicContender : IContender
{
    private const string Settings = "[alembic]\nscript_location = .\n";

    private const string Environment =
        """
        import os
        from alembic import context
        from sqlalchemy import create_engine, pool

        engine = create_engine(os.environ["BENCHMARK_URL"], poolclass=pool.NullPool)
        with engine.connect() as connection:
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.run_migrations()
        """;

    private readonly CommandLineProgram _alembic = new("alembic");

    public string Name => "alembic";

    public string Timed => "process";

    public bool Remembers => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        _alembic.AskVersionAsync("--version", text => text.Split(' ')[^1], ct);

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Join(project.Folder, "alembic.ini"), Settings, ct);
        await File.WriteAllTextAsync(Path.Join(project.Folder, "env.py"), Environment, ct);
        var versions = Directory.CreateDirectory(Path.Join(project.Folder, "versions")).FullName;
        var earlier = "None";
        foreach (var script in project.Workload.Scripts)
        {
            var text =
                $"""""
                from alembic import op

                revision = "{script.Name}"
                down_revision = {earlier}


                def upgrade():
                    op.execute("""{script.Text}""")
                """"";
            await File.WriteAllTextAsync(Path.Join(versions, script.Name + ".py"), text, ct);
            earlier = $"\"{script.Name}\"";
        }
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _alembic.RunAsync(
            ["upgrade", "head"],
            new Dictionary<string, string> { ["BENCHMARK_URL"] = $"postgresql://{target.Authority}?sslmode=disable" },
            project.Folder, ct);
}
