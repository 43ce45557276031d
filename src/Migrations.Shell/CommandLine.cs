namespace Migrations.Shell;

/// <summary>What the arguments ask for: a script text to run, or a message to print and leave with.</summary>
internal sealed record CommandLine(string? Script, string? Message, int ExitCode)
{
    private const string Usage = """
        Runs PowerShell scripts with the Migrations module loaded, where no pwsh is installed.

          Migrations.Shell FILE.ps1 [arguments]      runs a script file, as `pwsh -File` does
          Migrations.Shell -Command TEXT             runs a command, as `pwsh -Command` does

        It has the core commands of PowerShell only; install PowerShell 7.6 for the rest and `Import-Module ./Migrations.psd1` there.
        """;

    public static CommandLine Parse(string[] args)
    {
        // Accepted, so that a line written for pwsh works: there is no profile and no logo here.
        var rest = args.SkipWhile(a => Is(a, "-NoProfile", "-NoLogo", "-NonInteractive")).ToArray();
        return rest switch
        {
            [] => Refuse(Usage),
            [var help, ..] when Is(help, "-Help", "-h", "--help", "-?") => new(null, Usage, Shell.ExitCode.Success),
            [var command, .. var text] when Is(command, "-Command", "-c") => RunText(text),
            [var file, .. var values] when Is(file, "-File", "-f") => RunFile(values),
            [var option, ..] when option.StartsWith('-') => Refuse($"'{option}' is not an option of this shell.\n\n{Usage}"),
            _ => RunFile(rest),
        };
    }

    private static CommandLine RunText(string[] text) =>
        text.Length == 0 ? Refuse("-Command needs the text to run.") : Run(ScriptText.OfCommand(string.Join(' ', text)));

    private static CommandLine RunFile(string[] values)
    {
        if (values.Length == 0) return Refuse("-File needs the script to run.");
        var path = Path.GetFullPath(values[0]);
        if (!File.Exists(path)) return Refuse($"There is no script '{path}'.");
        if (!Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase)) return Refuse($"'{path}' is not a .ps1 file.");
        return Run(ScriptText.OfFile(path, values[1..]));
    }

    private static CommandLine Run(string script) => new(script, null, Shell.ExitCode.Success);

    private static CommandLine Refuse(string message) => new(null, message, Shell.ExitCode.BadCommandLine);

    private static bool Is(string arg, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (arg.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
