using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>A failure as a line that a build service shows beside the changed file: GitHub's workflow command, or Azure's logging command.</summary>
public sealed class CiAnnotation
{
    private readonly bool _isGitHub;
    private readonly string? _checkout;

    private CiAnnotation(bool isGitHub, string? checkout) => (_isGitHub, _checkout) = (isGitHub, checkout);

    /// <summary>Null where no such service runs us, and then nothing is to be written.</summary>
    /// <param name="environment">Reads a variable of the environment.</param>
    public static CiAnnotation? Detect(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (IsTrue(environment("GITHUB_ACTIONS"))) return new CiAnnotation(isGitHub: true, environment("GITHUB_WORKSPACE"));
        return IsTrue(environment("TF_BUILD")) ? new CiAnnotation(isGitHub: false, environment("BUILD_SOURCESDIRECTORY")) : null;
    }

    /// <param name="project">The project's folder, which places of errors are relative to.</param>
    public string Of(EngineException failure, string? project)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var place = failure switch { MigrationFailedException server => server.SourcePosition, ScriptException script => script.Position, _ => null };
        var title = failure.SqlState is { } state ? $"{failure.ErrorId} {state}" : failure.ErrorId;
        var message = $"{failure.Message}\n{failure.Advice}";
        return _isGitHub ? GitHub(place, project, title, message) : Azure(place, project, title, message);
    }

    private string GitHub(SourcePosition? place, string? project, string title, string message)
    {
        var where = place is null ? "" : $"file={Property(FileOf(place, project))},line={place.Line},col={place.Column},";
        return $"::error {where}title={Property(title)}::{Data(message)}";

        static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }

    private string Azure(SourcePosition? place, string? project, string title, string message)
    {
        var where = place is null ? "" : $"sourcepath={Property(FileOf(place, project))};linenumber={place.Line};columnnumber={place.Column};";
        return $"##vso[task.logissue type=error;{where}code={Property(title)};]{Data(message)}";

        static string Data(string text) => text.Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        static string Property(string text) => Data(text).Replace("]", "%5D", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);
    }

    /// <summary>Relative to the checkout, as the service knows its files; one outside of it keeps its full path.</summary>
    private string FileOf(SourcePosition place, string? project)
    {
        var file = project is null ? place.File : Path.GetFullPath(place.File, project);
        if (_checkout is null || !Path.IsPathFullyQualified(file)) return Slashed(file);
        var relative = Path.GetRelativePath(_checkout, file);
        return Slashed(relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathFullyQualified(relative) ? file : relative);
    }

    private static string Slashed(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
