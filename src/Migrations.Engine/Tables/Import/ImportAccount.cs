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
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly string _s = run.Request.History.Quoted;
    private readonly string[] _files = [.. run.Plan.Read.Select(file => file.Name)];

    public Guid Id { get; private set; } = Guid.CreateVersion7();

    /// <summary>What an earlier run has committed, by the number of the file.</summary>
    public IReadOnlyList<CommittedPart> Committed { get; private set; } = [];

    /// <summary>Finds the import that was cut off, or opens a new account. Holds the account's lock until the session ends.</summary>
    /// <exception cref="EngineException">ImportUnfinished, ImportStillRunning, ImportRowsGone, and those of the history.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await new PoolerProbe(run.Database, session, run.Activity, run.Clock).EnsureOwnBackendAsync(cancellationToken);
        await ReadyAsync(cancellationToken);
        foreach (var open in await UnfinishedAsync(cancellationToken))
        {
            if (!await TakenAsync(open, ImportLock.Of(open.Id).TakeAsync, cancellationToken) || await IsEndedAsync(open, cancellationToken)) continue;
            var parts = await PartsAsync(open.Id, cancellationToken);
            if (parts.Count == 0)
            {
                await ExecuteAsync(new($"insert into {_s}.import_ends (import_id, outcome) values ($1::pg_catalog.uuid, 'nothing committed') on conflict (import_id) do nothing", open.Id), cancellationToken);
                continue;
            }

            if (!open.Files.SequenceEqual(_files) || !open.Columns.SequenceEqual(Columns()) || open.Streams > 1 != run.Plan.Streams > 1) throw CutOff(open, parts, null);
            if (open.Options != Options()) throw CutOff(open, parts, $"It was done with other options ({open.Options}, now {Options()}).");
            await EnsureThereAsync(open, parts, cancellationToken);
            (Id, Committed) = (open.Id, parts);
            run.Activity.Warn($"Going on with the import of {open.StartedAt:u}, which was cut off: {parts.Sum(part => part.Read):N0} records are committed and are not loaded again.");
            return;
        }

        await ImportLock.Of(Id).TakeAsync(session, cancellationToken);
        await ExecuteAsync(new(
            $"insert into {_s}.imports (import_id, target, columns, files, streams, options) values ($1::pg_catalog.uuid, $2::pg_catalog.text, $3::pg_catalog.text[], $4::pg_catalog.text[], $5::pg_catalog.int4, $6::pg_catalog.text)",
            Id, run.Plan.Into.Name.Sql, Columns(), _files, run.Plan.Streams, Options()), cancellationToken);
    }

    /// <summary>For an import that commits at once and keeps no account: it must not load again what one that was cut off has committed.</summary>
    /// <exception cref="EngineException">ImportUnfinished, ImportStillRunning.</exception>
    public async Task RefuseUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (!await IsReadableAsync(cancellationToken)) return;
        foreach (var open in await UnfinishedAsync(cancellationToken))
        {
            if (!await TakenAsync(open, ImportLock.Of(open.Id).IsFreeAsync, cancellationToken) || await IsEndedAsync(open, cancellationToken)) continue;
            if (await PartsAsync(open.Id, cancellationToken) is { Count: > 0 } parts) throw CutOff(open, parts, null);
        }
    }

    /// <summary>
    /// A lock that is held says that the import is at work, or that its program is dead and the server has not seen it yet. Of the same files nothing may be
    /// loaded before that is clear.
    /// </summary>
    /// <returns>False: it is another one's, and of other files.</returns>
    /// <exception cref="EngineException">ImportStillRunning.</exception>
    private async Task<bool> TakenAsync(Unfinished open, Func<Session, CancellationToken, Task<bool>> take, CancellationToken cancellationToken)
    {
        var began = run.Clock.GetTimestamp();
        while (!await take(session, cancellationToken))
        {
            if (!open.Files.Intersect(_files).Any()) return false;
            if (run.Clock.GetElapsedTime(began) > s_patience)
            {
                var holders = await ImportLock.Of(open.Id).HoldersAsync(session, cancellationToken);
                throw new EngineException("ImportStillRunning", FailureKind.Conflict,
                    $"An import of {string.Join(", ", open.Files)} into {run.Plan.Table} began at {open.StartedAt:u} and has not ended: backend {string.Join(", ", holders)} holds its lock. Nothing was changed.",
                    "Wait for its end. When its program is dead and the server has not noticed, end that backend with pg_terminate_backend and import again.", run.Plan.Table);
            }

            await Task.Delay(s_pause, run.Clock, cancellationToken);
        }

        return true;
    }

    /// <summary>Asked with its lock in hand: somebody may have said so since it was found.</summary>
    private Task<bool> IsEndedAsync(Unfinished open, CancellationToken cancellationToken) => ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
        $"select exists (select from {_s}.import_ends where import_id = @id)", new { id = open.Id }, cancellationToken: cancellationToken)), session.Secrets);

    /// <summary>What is on the account must be in the table: somebody may have emptied it to begin afresh.</summary>
    /// <exception cref="EngineException">ImportRowsGone.</exception>
    private async Task EnsureThereAsync(Unfinished open, IReadOnlyList<CommittedPart> parts, CancellationToken cancellationToken)
    {
        var expected = run.Request.Mode == ImportMode.Upsert ? Math.Min(1, parts.Sum(part => part.Loaded)) : parts.Sum(part => part.Loaded);
        // Not under the limit that a role has for its queries. What loads lifts it for its transaction anyway.
        await ExecuteAsync(new("set statement_timeout = 0"), cancellationToken);
        var found = await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select pg_catalog.count(*) from (select from {run.Plan.Into.Name.Sql} limit @expected) t", new { expected }, commandTimeout: 0, cancellationToken: cancellationToken)), session.Secrets);
        if (found >= expected) return;
        throw new EngineException("ImportRowsGone", FailureKind.Conflict,
            $"An import of {string.Join(", ", open.Files)} into {run.Plan.Table} was cut off after {expected:N0} rows, which were committed, and there are only {found:N0} now: the table was emptied since. Nothing was changed.",
            $"To begin afresh, give that import up: {Abandonment(open)}", run.Plan.Table);
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
    public JournalStatement End() => new($"insert into {_s}.import_ends (import_id, outcome) values ($1::pg_catalog.uuid, 'complete') on conflict (import_id) do nothing", Id);

    /// <summary>By itself. All rows are committed: a lost answer is asked for, and never a reason to import again.</summary>
    /// <exception cref="EngineException">ImportInDoubt.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(End(), cancellationToken);
        }
        catch (EngineException lost) when (session.IsBroken)
        {
            try
            {
                await using var again = await run.Database.OpenAsync(CancellationToken.None);
                Reconnection.EnsureSameServer(session, again);
                await new ImportAccount(again, run) { Id = Id }.ExecuteAsync(End(), CancellationToken.None);
                run.Activity.Warn($"The connection was lost behind the last rows of the import into {run.Plan.Table}; all of them are committed, and its end is on record.");
            }
            catch (EngineException failure)
            {
                throw new EngineException("ImportInDoubt", FailureKind.Connection,
                    $"All rows of the import into {run.Plan.Table} were committed, then the connection was lost: {lost.Message} {failure.Message}",
                    $"When the server is back: select outcome from {_s}.import_ends where import_id = '{Id}'. Where it says complete, the import has ended; where there is no row, import the same files again in the same way, and nothing is loaded twice.", run.Plan.Table, failure);
            }
        }
    }

    private string[] Columns() => [.. run.Plan.Files.Select(file => string.Join(",", file.Columns)).Distinct()];

    /// <summary>What decides which rows come of the same bytes, and what becomes of them.</summary>
    private string Options() => string.Join("; ", (string[])
    [
        $"{run.Request.Mode}", .. run.Request.Mode == ImportMode.Upsert ? [$"key {string.Join(",", run.Plan.Key.Columns)}", $"duplicates {run.Request.DuplicateKey}"] : Array.Empty<string>(),
        $"dates {run.Request.DateStyle ?? "YMD"}", $"zone {run.Request.TimeZone ?? "of the session"}",
        .. run.Plan.Read.Select(file => $"delimiter {file.Dialect.Delimiter} quote {file.Dialect.Quote} escape {file.Dialect.Escape} null '{file.Dialect.NullText}' {file.Encoding.ServerName}").Distinct(),
    ]);

    /// <summary>Whether the account is there and this role may read it; asked of the catalog, since a name in a schema that may not be used is an error.</summary>
    private async Task<bool> IsReadableAsync(CancellationToken cancellationToken)
    {
        var rights = await ServerCall.RunAsync(() => session.Connection.QueryFirstOrDefaultAsync<bool?>(new CommandDefinition(
            """
            select pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.bool_and(pg_catalog.has_table_privilege(c.oid, 'select'))
            from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
            where n.nspname = @schema and c.relname in ('imports', 'import_parts', 'import_ends')
            group by n.oid having pg_catalog.count(*) = 3
            """,
            new { schema = run.Request.History.Name }, cancellationToken: cancellationToken)), session.Secrets);
        if (rights == false) run.Activity.Detail($"Whether an earlier import into {run.Plan.Table} was cut off could not be looked up: {session.Server.Role} may not read {run.Request.History.Name}.imports, import_parts and import_ends.");
        return rights == true;
    }

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
        select i.import_id as "Id", i.files as "Files", i.columns as "Columns", i.streams as "Streams", i.options as "Options", i.started_at as "StartedAt"
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

    private Task<int> ExecuteAsync(JournalStatement statement, CancellationToken cancellationToken) => ServerCall.RunAsync(async () =>
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(statement.ToCommand());
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }, session.Secrets);

    private EngineException CutOff(Unfinished open, IReadOnlyList<CommittedPart> parts, string? why) => new("ImportUnfinished", FailureKind.Conflict,
        $"An import of {string.Join(", ", open.Files)} into {run.Plan.Table} was cut off after {parts.Sum(part => part.Read):N0} records, which are committed. {(why is null ? "" : why + " ")}Nothing was changed.",
        $"Import those files again with {(open.Streams > 1 ? "-Parallel" : "-Batch")}{(why is null ? "" : ", in the same way")}: what is missing is loaded, nothing twice. When nobody will, give that import up; its rows stay: {Abandonment(open)}", run.Plan.Table);

    private string Abandonment(Unfinished open) => $"Stop-TableImport {Quoted(run.Plan.Table)} -ImportId {open.Id}{(run.Request.History.Name == HistorySchema.DefaultName ? "" : $" -HistorySchema {Quoted(run.Request.History.Name)}")}.";

    /// <summary>As PowerShell takes it from a person who copies it.</summary>
    private static string Quoted(string name) => name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '.') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";

    private sealed record Unfinished
    {
        public Guid Id { get; init; }

        public string[] Files { get; init; } = [];

        public string[] Columns { get; init; } = [];

        public int Streams { get; init; }

        public string Options { get; init; } = "";

        public DateTime StartedAt { get; init; }
    }
}
