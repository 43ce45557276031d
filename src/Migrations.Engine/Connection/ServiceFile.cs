namespace Migrations.Engine.Connection;

/// <summary>Connection service files ("The Connection Service File"): <c>[name]</c> sections of <c>keyword=value</c> lines.</summary>
internal static class ServiceFile
{
    private const string UserFile = ".pg_service.conf";
    private const string SystemFile = "pg_service.conf";

    /// <summary>The settings of a service: from the user's file, otherwise from the system's.</summary>
    public static IReadOnlyList<ConnectionSetting> Read(string service, string? file, ConnectionSources sources)
    {
        var known = new List<string>();
        foreach (var path in Candidates(file, sources).Where(File.Exists))
        {
            if (ReadSection(path, service, known) is { } settings) return settings;
        }

        if (file is not null && !File.Exists(file))
            throw Unknown($"The service file {file} does not exist.", "Check PGSERVICEFILE or servicefile.");
        var names = known.Count == 0 ? "No service is defined." : $"Defined are: {string.Join(", ", known)}.";
        throw Unknown(
            $"There is no service \"{service}\". {names}",
            $"Define [{service}] in ~/{UserFile}; if it is the name of a database, write dbname={service}.");
    }

    private static IEnumerable<string> Candidates(string? file, ConnectionSources sources)
    {
        if (file is not null) yield return file;
        else if (sources.HomeFolder is { } home) yield return Path.Combine(home, UserFile);
        if (sources.Variable("PGSYSCONFDIR") is { Length: > 0 } configured) yield return Path.Combine(configured, SystemFile);
        foreach (var folder in sources.SystemFolders) yield return Path.Combine(folder, SystemFile);
    }

    private static List<ConnectionSetting>? ReadSection(string path, string service, List<string> known)
    {
        List<ConnectionSetting>? found = null;
        var number = 0;
        foreach (var line in File.ReadLines(path).Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line.StartsWith('#')) continue;
            if (line.StartsWith('['))
            {
                if (found is not null) return found;
                var name = line.TrimStart('[').Split(']')[0];
                known.Add(name);
                if (name == service) found = [];
                continue;
            }

            if (found is null) continue;
            if (line.StartsWith("ldap", StringComparison.Ordinal) && line.Contains("://", StringComparison.Ordinal))
                throw Malformed(path, number, "looks a service up by LDAP, which is not supported", "Write the settings into the file.");
            var equals = line.IndexOf('=');
            if (equals <= 0) throw Malformed(path, number, "is no `keyword=value`", "Correct the line.");
            var keyword = line[..equals];
            if (keyword is "service" or "servicefile") throw Malformed(path, number, "names another service", "A service cannot refer to a service.");
            found.Add(new ConnectionSetting(keyword, line[(equals + 1)..], 0));
        }

        return found;
    }

    private static ConnectionTextException Unknown(string message, string advice) =>
        new("ConnectionServiceUnknown", message, advice, FailureKind.NotFound);

    private static ConnectionTextException Malformed(string path, int line, string fault, string advice) =>
        new("ConnectionServiceInvalid", $"Line {line} of the service file {path} {fault}.", advice);
}
