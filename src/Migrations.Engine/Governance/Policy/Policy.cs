using System.Collections.Immutable;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>What <c>policy.json</c> says. Without that file there is none, and nothing is asked of anybody.</summary>
public sealed class Policy
{
    public const string FileName = "policy.json";

    internal Policy(string path, string hash, EnvironmentPolicy everywhere, ImmutableDictionary<string, EnvironmentPolicy> environments, IReadOnlyList<PolicyWaiver> waivers)
    {
        (Path, Hash, Everywhere, Environments, Waivers) = (path, hash, everywhere, environments, waivers);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Lower hex SHA-256 of the file's text, byte order mark dropped and lines ending with LF: an approval binds to it.</summary>
    public string Hash { get; }

    internal EnvironmentPolicy Everywhere { get; }

    internal ImmutableDictionary<string, EnvironmentPolicy> Environments { get; }

    internal IReadOnlyList<PolicyWaiver> Waivers { get; }

    /// <summary>The environments that it names.</summary>
    public IEnumerable<string> EnvironmentNames => Environments.Keys.Order(StringComparer.Ordinal);

    /// <summary>Null when the project has no policy.</summary>
    /// <exception cref="EngineException">PolicyInvalid, PolicyNotReadable.</exception>
    public static Policy? Find(ScriptProject project)
    {
        ArgumentNullException.ThrowIfNull(project);
        return In(project.Root);
    }

    /// <summary>The environments that the policy of a project names; no script is read.</summary>
    /// <param name="path">As for <see cref="ProjectFolder.Locate"/>.</param>
    public static IReadOnlyList<string> ListEnvironments(string? path, string currentFolder) => [.. In(ProjectFolder.Locate(path, currentFolder).Root)?.EnvironmentNames ?? []];

    private static Policy? In(string root)
    {
        var path = System.IO.Path.Combine(root, FileName);
        try
        {
            return File.Exists(path) ? PolicyReader.Read(path, File.ReadAllBytes(path)) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Without the policy nobody knows what may run, so nothing may.
            throw new EngineException("PolicyNotReadable", FailureKind.Resource, $"{path} cannot be read: {failure.Message.TrimEnd('.')}. Nothing was changed.",
                "Make the file readable for the account that runs the scripts.", path, failure);
        }
    }

    /// <exception cref="EngineException">PolicyNotFound, and those of <see cref="Find"/>.</exception>
    public static Policy Of(ScriptProject project) => Find(project) ?? throw new EngineException("PolicyNotFound", FailureKind.NotFound,
        $"{project.Root} has no {FileName}, so there is no policy to hold the scripts against.",
        $"Begin with {{ \"rules\": {{}} }} in {FileName}: every rule has a default. Get-Help about_Migrations_Policy shows a longer one.", project.Root);

    /// <summary>For a database with this stamp; null: it has none, and what holds everywhere holds there.</summary>
    internal EnvironmentPolicy For(string? environment) =>
        environment is not null && Environments.FirstOrDefault(known => known.Key.Equals(environment, StringComparison.OrdinalIgnoreCase)).Value is { } special ? Everywhere.Under(special) : Everywhere;
}
