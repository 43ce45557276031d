using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// Who works on an import: the session that keeps the account, and every session that loads, each until its own transaction ends. Only when all of them are
/// gone is it known what is committed: one may still be committing when the program is long dead.
/// </summary>
internal sealed class ImportLock
{
    private readonly string _owner;
    private readonly string _lanes;

    private ImportLock(Guid id) => (_owner, _lanes) = ($"pg_catalog.hashtextextended('{id}', 5)", $"pg_catalog.hashtextextended('{id}', 6)");

    /// <summary>For a session that loads, in its transaction.</summary>
    public string Join => $"select pg_catalog.pg_advisory_xact_lock_shared({_lanes})";

    public static ImportLock Of(Guid id) => new(id);

    /// <summary>Takes it until the session ends.</summary>
    public Task<bool> TakeAsync(Session session, CancellationToken cancellationToken) => AskAsync(session,
        $"""
        select case when not pg_catalog.pg_try_advisory_lock({_owner}) then false
                    when pg_catalog.pg_try_advisory_lock({_lanes}) then pg_catalog.pg_advisory_unlock({_lanes})
                    else not pg_catalog.pg_advisory_unlock({_owner}) end
        """, cancellationToken);

    /// <summary>Whether nobody works on it now. Nothing is held afterwards, behind whatever pooler.</summary>
    public Task<bool> IsFreeAsync(Session session, CancellationToken cancellationToken) =>
        AskAsync(session, $"select pg_catalog.pg_try_advisory_xact_lock({_owner}) and pg_catalog.pg_try_advisory_xact_lock({_lanes})", cancellationToken);

    public async Task<IReadOnlyList<int>> HoldersAsync(Session session, CancellationToken cancellationToken) => (await ServerCall.RunAsync(() => session.Connection.QueryAsync<int>(new CommandDefinition(
        $"""
        select distinct l.pid from pg_catalog.pg_locks l
        where l.locktype = 'advisory' and l.granted and l.pid <> pg_catalog.pg_backend_pid()
          and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
          and (l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8) in ({_owner}, {_lanes})
        """, cancellationToken: cancellationToken)), session.Secrets)).AsList();

    private static Task<bool> AskAsync(Session session, string sql, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, cancellationToken: cancellationToken)), session.Secrets);
}
