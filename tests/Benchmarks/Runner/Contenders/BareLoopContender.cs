using Npgsql;

namespace Benchmarks.Runner.Contenders;

/// <summary>
/// The bare pipelined loop: one message a script with the journal, the lock's proof and the reset of DESIGN 6, and nothing
/// else: no files, no plan, no records. It is the floor that a runner of this shape can reach.
/// </summary>
internal sealed class BareLoopContender : IContender
{
    private const string Journal =
        """
        create schema floor;
        create table floor.journal (
            attempt uuid primary key, name text not null, content text not null, hash text not null,
            started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, state text not null
        );
        """;

    private const string Started =
        "insert into floor.journal (attempt, name, content, hash, state) values ($1, $2, $3, encode(sha256(convert_to($3, 'UTF8')), 'hex'), 'started')";

    private const string Proof =
        """
        select 1 / count(*) from pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid() and granted and objid = 7 and objsubid = 1
        """;

    private const string Succeeded = "update floor.journal set state = 'succeeded', finished_at = clock_timestamp() where attempt = $1";

    private static readonly string[] s_reset =
        ["reset all", "reset session authorization", "close all", "unlisten *", "discard temp", "discard sequences"];

    public string Name => "bare loop";

    public string Timed => "in this process";

    public bool Remembers => false;

    public bool IsHere => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>("Npgsql " + typeof(NpgsqlConnection).Assembly.GetName().Version!.ToString(3));

    public Task WriteAsync(WorkloadProject project, CancellationToken ct) => Task.CompletedTask;

    public async Task RunAsync(Target target, WorkloadProject project, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(target.KeywordText + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(ct);
        await using (var prepare = new NpgsqlCommand(Journal + "select pg_advisory_lock(7)", connection))
            await prepare.ExecuteNonQueryAsync(ct);
        foreach (var script in project.Workload.Scripts)
        {
            await using var message = Message(connection, script);
            await message.ExecuteNonQueryAsync(ct);
        }
    }

    private static NpgsqlBatch Message(NpgsqlConnection connection, WorkloadScript script)
    {
        var batch = new NpgsqlBatch(connection);
        void Add(string text, params object[] values)
        {
            var command = new NpgsqlBatchCommand(text);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }

        var attempt = Guid.CreateVersion7();
        Add("begin");
        Add("set local synchronous_commit = off");
        Add(Started, attempt, script.Name, script.Text);
        Add("commit");
        Add("begin");
        Add(Proof);
        foreach (var statement in script.Statements)
            Add(statement);
        Add(Succeeded, attempt);
        Add("commit");
        foreach (var reset in s_reset)
            Add(reset);
        return batch;
    }
}
