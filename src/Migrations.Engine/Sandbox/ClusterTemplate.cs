using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A data directory that initdb made once for one set of binaries; each sandbox starts from a copy. Read-only once it
/// stands, and without any password. Copies share the system identifier.
/// </summary>
internal sealed class ClusterTemplate(SandboxHome home, IActivity activity)
{
    private const string Configuration = ClusterSettings.Configuration + ClusterSettings.MemoryInDataDirectory;

    /// <summary>
    /// $1 is the template, $2 the folder of binaries, $3 and $4 what the two files get; the rest goes to initdb. Character
    /// classes of Unicode where the system has them (Linux, macOS): in the C locale lower() leaves every letter beyond ASCII alone.
    /// </summary>
    private const string BuildScript = """
        final=$1 unfinished=$1.unfinished bin=$2 configuration=$3 access=$4
        shift 4
        umask 077
        discard() { [ ! -e "$unfinished" ] || { chmod -R u+w "$unfinished"; rm -rf "$unfinished"; }; }
        make() { discard; "$bin/initdb" --pgdata="$unfinished" --auth=trust "$@" 2>&1; }
        make "$@" --lc-ctype=C.UTF-8 >/dev/null || make "$@" --lc-ctype=UTF-8 >/dev/null || make "$@" || { discard; exit 1; }
        printf '%s\n' "$configuration" >>"$unfinished/postgresql.conf" &&
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
        string[] arguments = [folder, binaries.Folder, Configuration, ClusterSettings.Access, .. ClusterSettings.InitArguments];
        var made = await home.User.RunAsync(BuildScript, arguments, cancellationToken);
        if (made.Succeeded) return folder;
        throw new EngineException("SandboxInitFailed", FailureKind.Resource,
            $"initdb of PostgreSQL {binaries.Version} failed: {made.Output} {made.Errors}".TrimEnd(),
            $"Look for a full disk or missing rights below {home.Templates}.", binaries.Folder);
    }

    /// <summary>Another path, version or recipe is another template, so checkouts of different age do not meet in one.</summary>
    private static string NameFor(ServerBinaries binaries)
    {
        var recipe = string.Join('\n',
            [binaries.Folder, binaries.Version, Configuration, ClusterSettings.Access, BuildScript, .. ClusterSettings.InitArguments]);
        return $"{binaries.Major}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..16]}";
    }
}
