namespace Migrations.Engine.Connection;

/// <summary>What the server says of itself and of the session, gathered when a session opens.</summary>
/// <param name="VersionNum">As <c>server_version_num</c>: 150012 is 15.12.</param>
/// <param name="Version">As <c>server_version</c>, for people.</param>
/// <param name="Role">current_user.</param>
/// <param name="SessionUser">session_user: who logged in.</param>
/// <param name="Address">The server's own idea of its address; null on a Unix socket.</param>
/// <param name="Port">Null on a Unix socket.</param>
/// <param name="IsReadOnly">Transactions of this session start read-only (always on a standby).</param>
/// <param name="SystemIdentifier">Names the cluster for its whole life; null when the role may not read the control file.</param>
/// <param name="Timeline">Grows with each promotion; null on a standby whose control file the role may not read.</param>
/// <param name="ServerTime">UTC.</param>
/// <param name="Encoding">The database's encoding.</param>
/// <param name="BackendPid">What the backend says of itself; behind a pooler it differs from the pid of the protocol's start.</param>
/// <param name="BackendStart">UTC; with the pid it names this backend for ever, since pids come back.</param>
/// <param name="ServerStart">UTC; unlike the system identifier, which every copy of a data directory shares, it names the server that runs, for any role.</param>
public sealed record ServerFacts(
    int VersionNum,
    string Version,
    string Database,
    string Role,
    string SessionUser,
    string? Address,
    int? Port,
    bool IsStandby,
    bool IsReadOnly,
    bool IsSuperuser,
    string? SystemIdentifier,
    int? Timeline,
    DateTime ServerTime,
    string Encoding,
    bool StandardConformingStrings,
    int BackendPid,
    DateTime BackendStart,
    DateTime ServerStart)
{
    public int Major => VersionNum / 10000;
}
