using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Migrations.Shell;

/// <summary>The text that the engine runs for a file or a command, with the exit codes of <c>pwsh</c>.</summary>
internal static partial class ScriptText
{
    /// <summary>
    /// A call, because a file run any other way loses its <c>exit 3</c>. A native program's code counts only when the file
    /// itself leaves with it: <c>$LASTEXITCODE</c> alone would report one that failed in the middle.
    /// </summary>
    public static string OfFile(string path, IEnumerable<string> arguments) =>
        $"& {Quote(path)} {string.Join(' ', arguments.Select(Argument))}\nif (-not $?) {{ exit ($LASTEXITCODE ?? 1) }}";

    public static string OfCommand(string text) => $"{text}\nif (-not $?) {{ exit 1 }}";

    /// <summary>A parameter's name stays bare and so binds by name; every other token is a value, also <c>-5</c>.</summary>
    private static string Argument(string token)
    {
        var parameter = Parameter().Match(token);
        if (!parameter.Success) return Quote(token);
        if (!parameter.Groups["value"].Success) return token;
        var value = parameter.Groups["value"].Value;
        return $"{parameter.Groups["name"].Value}:{(Switch().IsMatch(value) ? value : Quote(value))}";
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"^(?<name>-\p{L}\w*)(:(?<value>.+))?\z", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\$(true|false)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Switch();
}
