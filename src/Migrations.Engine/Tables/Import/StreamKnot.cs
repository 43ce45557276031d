using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// Sessions of one import that wait for each other would wait for ever: none commits before all have finished, and the server sees no deadlock in that. So it
/// is looked for from outside, and ends the import.
/// </summary>
internal sealed class StreamKnot : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly ImportRun _run;
    private readonly int[] _pids;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    private StreamKnot(ImportRun run, IReadOnlyList<Session> sessions, CancellationTokenSource stop)
    {
        (_run, _pids, _stop) = (run, [.. sessions.Select(session => session.BackendPid)], stop);
        _watching = WatchAsync();
    }

    public bool IsTied { get; private set; }

    /// <param name="stop">Cancelled when two of the sessions wait for each other.</param>
    public static StreamKnot Watch(ImportRun run, IReadOnlyList<Session> sessions, CancellationTokenSource stop) => new(run, sessions, stop);

    public EngineException Refusal() => new("ImportStreamsBlocked", FailureKind.Conflict,
        $"The sessions that load {_run.Plan.Table} waited for each other: one key stands in the files twice, or a trigger changes a row that several of them need. Nothing was loaded.",
        "Import with one stream, without -Parallel: then the server can say which row it is.", _run.Plan.Table);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            await Task.Delay(s_pause, _run.Clock, _end.Token);
            await using var session = await _run.Database.OpenAsync(_end.Token);
            // Seen twice: a row may be waited for while its transaction is just ending with an error.
            for (var seen = 0; seen < 2; await Task.Delay(s_pause, _run.Clock, _end.Token)) seen = await IsWaitingAsync(session) ? seen + 1 : 0;
            IsTied = true;
            await _stop.CancelAsync();
        }
        catch (Exception unseen) when (unseen is OperationCanceledException or EngineException)
        {
            // The import has ended, or there is no connection left for one who looks on: then it is as it was without.
        }
    }

    private Task<bool> IsWaitingAsync(Session session) => ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
        """
        select exists (
            select from pg_catalog.pg_locks l
            where not l.granted and l.pid = any (@pids) and l.locktype in ('transactionid', 'tuple') and pg_catalog.pg_blocking_pids(l.pid) && @pids)
        """,
        new { pids = _pids }, cancellationToken: _end.Token)), session.Secrets);
}
