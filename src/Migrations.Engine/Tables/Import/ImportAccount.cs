using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// The account of an import that commits in parts, in the history schema: each part is written in the transaction of its rows, so that what is
/// written there is loaded, and nothing else is. An import without an end was cut off, and the next one of the same files goes on behind it.
/// </summary>
internal sealed class ImportAccount(Session session, ImportRun run)
{
    private readonly string _s = run.Request.History.Quoted;

    public Guid Id { get; private set; } = Guid.CreateVersion7();

    /// <summary>What an earlier run has committed, by the number of the file.</summary>
    public IReadOnlyList<CommittedPart> Committed { get; private set; } = [];

    /// <summary>Finds the import that was cut off, or opens a new account. Holds the account's lock until the session ends.</summary>
    /// <exception cref="EngineException">ImportUnfinished, and those of the history.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await new PoolerProbe(run.Database, session, run.Activity, run.Clock).EnsureOwnBackendAsync(cancellationToken);
        await ReadyAsync(cancellationToken);
        var files = run.Plan.Read.Select(file => file.Name).ToArray();
        foreach (var open in await UnfinishedAsync(cancellationToken))
        {
            // Held: that import is still at work.
            if (!await TryLockAsync(open.Id, cancellationToken)) continue;
            var parts = await PartsAsync(open.Id, cancellationToken);
            if (parts.Count == 0)
            {
                await ExecuteAsync(new($"insert into {_s}.import_ends (import_id, outcome) values ($1::pg_catalog.uuid, 'nothing committed')", open.Id), cancellationToken);
                continue;
            }

            if (!open.Files.SequenceEqual(files) || !open.Columns.SequenceEqual(Columns()) || open.Streams > 1 != run.Plan.Streams > 1)
                throw CutOff(open, parts);

            (Id, Committed) = (open.Id, parts);
            run.Activity.Detail($"Going on with the import {Id} of {open.StartedAt:u}: {parts.Sum(part => part.Read):N0} records are committed.");
            return;
        }

        await TryLockAsync(Id, cancellationToken);
        await ExecuteAsync(new(
            $"insert into {_s}.imports (import_id, target, columns, files, streams) values ($1::pg_catalog.uuid, $2::pg_catalog.text, $3::pg_catalog.text[], $4::pg_catalog.text[], $5::pg_catalog.int4)",
            Id, run.Plan.Into.Name.Sql, Columns(), files, run.Plan.Streams), cancellationToken);
    }

    /// <summary>For an import that commits at once and keeps no account: it must not load again what one that was cut off has committed.</summary>
    /// <exception cref="EngineException">ImportUnfinished.</exception>
    public async Task RefuseUnfinishedAsync(CancellationToken cancellationToken)
    {
        var isThere = await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_catalog.to_regclass(@table) is not null and pg_catalog.has_schema_privilege(@schema, 'usage') and pg_catalog.has_table_privilege(@table, 'select')",
            new { table = _s + ".imports", schema = run.Request.History.Name }, cancellationToken: cancellationToken)), session.Secrets);
        if (!isThere) return;
        foreach (var open in await UnfinishedAsync(cancellationToken))
        {
            if (!await TryLockAsync(open.Id, cancellationToken)) continue;
            var parts = await PartsAsync(open.Id, cancellationToken);
            await ExecuteAsync(new("select pg_catalog.pg_advisory_unlock_all()"), cancellationToken);
            if (parts.Count > 0) throw CutOff(open, parts);
        }
    }

    /// <summary>In the transaction of the rows.</summary>
    /// <param name="hash">Of the text up to <paramref name="hashedTo"/>.</param>
    public JournalStatement Part(int file, IReadOnlyList<ByteRange> ranges, string hash, long hashedTo, long read, long loaded, (long Rows, long Report) aside) => new(
        $"""
        insert into {_s}.import_parts (import_id, file, ranges, hash, hashed_to, read, loaded, rejected_bytes, report_bytes)
        values ($1::pg_catalog.uuid, $2::pg_catalog.int4, $3::pg_catalog.text::pg_catalog.int8multirange, $4::pg_catalog.text, $5::pg_catalog.int8, $6::pg_catalog.int8, $7::pg_catalog.int8, $8::pg_catalog.int8, $9::pg_catalog.int8)
        """,
        Id, file, "{" + string.Join(",", ranges.Select(range => $"[{range.From},{range.To})")) + "}", hash, hashedTo, read, loaded, aside.Rows, aside.Report);

    /// <summary>Behind the last rows, never with them: an end that nobody heard of would let the same files be loaded again.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => ExecuteAsync(End(), cancellationToken);

    public JournalStatement End() => new($"insert into {_s}.import_ends (import_id, outcome) values ($1::pg_catalog.uuid, 'complete')", Id);

    private string[] Columns() => [.. run.Plan.Files.Select(file => string.Join(",", file.Columns)).Distinct()];

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await using var runLock = new RunLock(session, run.Request.History, run.Clock);
        var store = new HistoryStore(run.Request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        if (presence.IsInstalled && presence.UpgradeOf(run.Request.History) is null) return;
        await runLock.AcquireAsync(TimeSpan.FromSeconds(30), run.Activity, cancellationToken);
        await new HistoryReadiness(run.Request.History, run.Activity, run.Clock).EnsureAsync(session, await store.LookAsync(session, cancellationToken), cancellationToken);
        await ExecuteAsync(new("select pg_catalog.pg_advisory_unlock_all()"), cancellationToken);
    }

    private async Task<IReadOnlyList<Unfinished>> UnfinishedAsync(CancellationToken cancellationToken) => (await ServerCall.RunAsync(() => session.Connection.QueryAsync<Unfinished>(new CommandDefinition(
        $"""
        select i.import_id as "Id", i.files as "Files", i.columns as "Columns", i.streams as "Streams", i.started_at as "StartedAt"
        from {_s}.imports i
        where i.target = @target and not exists (select from {_s}.import_ends e where e.import_id = i.import_id)
        order by i.started_at
        """,
        new { target = run.Plan.Into.Name.Sql }, cancellationToken: cancellationToken)), session.Secrets)).AsList();

    private async Task<IReadOnlyList<CommittedPart>> PartsAsync(Guid id, CancellationToken cancellationToken) => (await ServerCall.RunAsync(() => session.Connection.QueryAsync<CommittedPart>(new CommandDefinition(
        $"""
        select p.file as "File", array(select pg_catalog.lower(r) from pg_catalog.unnest(p.ranges) r) as "From", array(select pg_catalog.upper(r) from pg_catalog.unnest(p.ranges) r) as "To",
               p.hash as "Hash", p.hashed_to as "HashedTo", p.read as "Read", p.loaded as "Loaded", p.rejected_bytes as "RejectedBytes", p.report_bytes as "ReportBytes"
        from {_s}.import_parts p where p.import_id = @id
        order by p.file, pg_catalog.upper(p.ranges)
        """,
        new { id }, cancellationToken: cancellationToken)), session.Secrets)).AsList();

    private Task<bool> TryLockAsync(Guid id, CancellationToken cancellationToken) => ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
        "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(@id, 5))", new { id = id.ToString() }, cancellationToken: cancellationToken)), session.Secrets);

    private Task<int> ExecuteAsync(JournalStatement statement, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(statement.ToCommand());
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }, session.Secrets);

    private EngineException CutOff(Unfinished open, IReadOnlyList<CommittedPart> parts) => new("ImportUnfinished", FailureKind.Conflict,
        $"An import of {string.Join(", ", open.Files)} into {run.Plan.Table} was cut off after {parts.Sum(part => part.Read):N0} records, which are committed. Nothing was changed.",
        $"Import those files again with {(open.Streams > 1 ? "-Parallel" : "-Batch")}: what is missing is loaded, nothing twice. When they are gone for good, say so: insert into {_s}.import_ends (import_id, outcome) values ('{open.Id}', 'abandoned').", run.Plan.Table);

    private sealed record Unfinished
    {
        public Guid Id { get; init; }

        public string[] Files { get; init; } = [];

        public string[] Columns { get; init; } = [];

        public int Streams { get; init; }

        public DateTime StartedAt { get; init; }
    }
}
