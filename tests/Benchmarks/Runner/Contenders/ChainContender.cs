using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;

namespace Benchmarks.Runner.Contenders;

/// <summary>Ours on a history that is there already, with its audit chain or with the chain taken out: the difference is what the chain costs.</summary>
internal sealed class ChainContender(bool chains) : IContender
{
    private readonly MigrationsContender _runner = new();

    public string Name => chains ? "with the chain" : "without it";

    public string Timed => _runner.Timed;

    public bool Remembers => false;

    public bool IsHere => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) => _runner.FindVersionAsync(ct);

    public Task WriteAsync(WorkloadProject project, CancellationToken ct) => _runner.WriteAsync(project, ct);

    public async Task PrepareAsync(Target target, CancellationToken ct)
    {
        await using (var database = new Database(ConnectionOptions.Parse(target.KeywordText), new SilentActivity()))
            await new DatabaseInitializer(database, new SilentActivity(), TimeProvider.System).InitializeAsync(new HistorySchema(), null, ct);
        if (chains)
            return;
        await using var connection = new NpgsqlConnection(target.KeywordText);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("alter table migrations.events disable trigger chain; alter table migrations.runs disable trigger name_actor; drop index migrations.events_prev_hash", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) => _runner.RunAsync(target, project, ct);
}
