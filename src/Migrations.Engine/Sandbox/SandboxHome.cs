namespace Migrations.Engine.Sandbox;

/// <summary>
/// Where things lie. <c>binaries/</c> belongs to us; <c>templates/</c> and <c>sandboxes/</c> belong to the user that
/// runs the servers, which as root is another one: only so can a guard remove what it made when we are gone.
/// </summary>
internal sealed class SandboxHome
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersRead = OwnerOnly
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>
    /// chattr +T spreads the folders in it over the disk's block groups. ext4 does not reuse an inode for minutes after its
    /// deletion and searches past all of those: a thousand files of a new data directory, where the last sandbox was
    /// just removed, took 2 s instead of 0.1 s. Other file systems refuse it, and need it not.
    /// </summary>
    private const string ForServers = """
        chattr +T "$1" 2>/dev/null
        [ -z "$2" ] || chown "$2" "$1"
        """;

    private SandboxHome(string root, ServerUser user)
    {
        Root = root;
        User = user;
    }

    public string Root { get; }

    public ServerUser User { get; }

    public string Binaries => Path.Combine(Root, "binaries");

    public string Templates => Path.Combine(Root, "templates");

    public string Sandboxes => Path.Combine(Root, "sandboxes");

    public string FolderOf(string name) => Path.Combine(Sandboxes, name);

    public string LockOf(string name) => Path.Combine(Sandboxes, name + ".lock");

    /// <summary>Serializes the builders of one cache entry. Not in the entry's folder, where another user may write.</summary>
    public string BuildLockOf(string entry) => Path.Combine(Root, "locks", entry + ".lock");

    /// <summary>The home of this user, made when it is missing.</summary>
    public static async Task<SandboxHome> OpenAsync(string? folder, CancellationToken cancellationToken)
    {
        var user = ServerUser.Choose();
        var home = new SandboxHome(Path.GetFullPath(folder ?? FromEnvironment() ?? Usual(user)), user);
        try
        {
            Make(home.Root, user);
            Make(home.Binaries, user);
            Make(Path.Combine(home.Root, "locks"), user);
            await home.MakeForServersAsync(home.Templates, cancellationToken);
            await home.MakeForServersAsync(home.Sandboxes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw home.Unusable(e.Message, e);
        }

        return home;
    }

    /// <summary>The error for a place where sandboxes cannot live.</summary>
    public EngineException Unusable(string reason, Exception? inner = null) => UnusableFolder(Root, reason, inner);

    private static string? FromEnvironment() =>
        Environment.GetEnvironmentVariable("MIGRATIONS_CACHE") is { Length: > 0 } set ? set : null;

    private static string Usual(ServerUser user)
    {
        // A cache below root's home could not be entered by the unprivileged user that runs the server.
        if (user.IsOther) return "/var/cache/migrations";
        foreach (var candidate in CacheFolders())
        {
            if (IsUsable(candidate)) return candidate;
        }

        // Services and containers often have no home that exists. The name is known to others, so the folder must be ours alone.
        var last = Path.Combine(Path.GetTempPath(), "migrations-" + Environment.UserName);
        if (IsUsable(last) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(last) == OwnerOnly)) return last;
        throw UnusableFolder(last, "neither it nor your cache folder can be written by you alone");
    }

    private static EngineException UnusableFolder(string folder, string reason, Exception? inner = null) =>
        new("SandboxFolderUnusable", FailureKind.Permission, $"Sandboxes cannot live in '{folder}': {reason}",
            "Set MIGRATIONS_CACHE to a folder on a local disk that you may write.", folder, inner);

    private static IEnumerable<string> CacheFolders()
    {
        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "migrations");
            yield break;
        }

        var home = Environment.GetEnvironmentVariable("HOME");
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathRooted(cache))
            yield return Path.Combine(cache, "migrations");
        if (!Path.IsPathRooted(home)) yield break;
        yield return OperatingSystem.IsMacOS()
            ? Path.Combine(home, "Library", "Caches", "migrations")
            : Path.Combine(home, ".cache", "migrations");
    }

    /// <summary>Makes the folder and writes in it; a folder that only its owner may write, and we can, is ours.</summary>
    private static bool IsUsable(string folder)
    {
        try
        {
            Make(folder, ServerUser.Ourselves);
            var probe = Path.Combine(folder, Path.GetRandomFileName());
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Make(string folder, ServerUser user)
    {
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(folder);

        // Explicitly: an umask of 077 would lock the server's user out.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, user.IsOther ? OthersRead : OwnerOnly);
    }

    private async Task MakeForServersAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows())
        {
            Make(folder, User);
            return;
        }

        // Given away before it gets its name, so a folder of that name always has the right owner.
        var unnamed = $"{folder}.{Path.GetRandomFileName()}";
        Make(unnamed, User);
        await ServerUser.Ourselves.RunAsync(ForServers, [unnamed, User.Name ?? ""], cancellationToken);
        try
        {
            Directory.Move(unnamed, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(unnamed);
        }
    }
}
