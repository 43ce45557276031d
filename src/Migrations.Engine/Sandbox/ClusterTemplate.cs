using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A data directory that initdb made once for one set of binaries; each sandbox starts from a copy. Read-only once it
/// stands, and without any password. Copies share the system identifier.
/// </summary>
internal sealed class ClusterTemplate(SandboxHome home, IActivity activity)
{
    /// <summary>
    /// A throw-away gives durability away. Parallel workers share memory through files below the data directory: /dev/shm is
    /// small in containers, and what a killed server leaves there nobody would remove.
    /// </summary>
    private const string Settings = """

        # A sandbox of Migrations: on the loopback only, nothing survives it.
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        fsync = off
        synchronous_commit = off
        full_page_writes = off
        dynamic_shared_memory_type = mmap
        timezone = 'UTC'
        log_timezone = 'UTC'
        lc_messages = 'C'
        """;

    private const string Access = """
        host all         all 127.0.0.1/32 scram-sha-256
        host replication all 127.0.0.1/32 scram-sha-256
        """;

    /// <summary>
    /// Collation by bytes, as nothing else is the same everywhere; but character classes of Unicode where the system has
    /// them, or lower() would leave every letter beyond ASCII alone.
    /// </summary>
    private const string BuildScript = """
        final=$1 bin=$2 settings=$3 access=$4 unfinished=$1.unfinished
        umask 077
        discard() { [ ! -e "$unfinished" ] || { chmod -R u+w "$unfinished"; rm -rf "$unfinished"; }; }
        make() {
          "$bin/initdb" --pgdata="$unfinished" --username=postgres --auth=trust --encoding=UTF8 --locale=C "$@" \
            --no-sync --no-instructions 2>&1
        }
        discard
        make --lc-ctype=C.UTF-8 >/dev/null || { discard; make --lc-ctype=UTF-8 >/dev/null; } || { discard; make; } || exit 1
        printf '%s\n' "$settings" >>"$unfinished/postgresql.conf" &&
        printf '%s\n' "$access" >"$unfinished/pg_hba.conf" &&
        chmod -R a-w "$unfinished" &&
        mv "$unfinished" "$final"
        """;

    public async Task<string> GetAsync(ServerBinaries binaries, CancellationToken cancellationToken)
    {
        var name = NameFor(binaries);
        var folder = Path.Combine(home.Templates, name);
        if (Directory.Exists(folder)) return folder;

        using var turn = await OwnerLock.WaitAsync(home.BuildLockOf("template-" + name), cancellationToken);
        if (Directory.Exists(folder)) return folder;
        activity.Detail($"Making the data directory template for PostgreSQL {binaries.Version} of {binaries.Folder}.");
        var made = await home.User.RunAsync(BuildScript, [folder, binaries.Folder, Settings, Access], cancellationToken);
        if (made.Succeeded) return folder;
        throw new EngineException("SandboxInitFailed", FailureKind.Resource,
            $"initdb of PostgreSQL {binaries.Version} failed: {made.Output} {made.Errors}".TrimEnd(),
            $"Look for a full disk or missing rights below {home.Templates}.", binaries.Folder);
    }

    /// <summary>Another path, version or recipe is another template, so checkouts of different age do not meet in one.</summary>
    private static string NameFor(ServerBinaries binaries)
    {
        var recipe = string.Join('\n', binaries.Folder, binaries.Version, Settings, Access, BuildScript);
        return $"{binaries.Major}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..16]}";
    }
}
