namespace Migrations.Shell;

/// <summary>What the arguments ask for: a script text to run, or a message to print and leave with.</summary>
/// <param name="LoadModule">Whether the run begins with the module imported.</param>
internal sealed record CommandLine(string? Script, bool LoadModule, string? Message, int ExitCode)
{
    private const string Usage = """
        Runs PowerShell scripts with the Migrations module loaded, where no pwsh is installed.

          Migrations.Shell FILE.ps1 [arguments]      runs a script file, as `pwsh -File` does
          Migrations.Shell -Command TEXT             runs a command, as `pwsh -Command` does
          Migrations.Shell -NoModule ...             the same without the module, for a script that imports it itself

        It has the core commands of PowerShell only; install PowerShell 7.6 for the rest and `Import-Module ./Migrations.psd1` there.
        """;

    public static CommandLine Parse(string[] args)
    {
        // Accepted, so that a line written for pwsh works: there is no profile and no logo here.
        var rest = args.SkipWhile(a => Is(a, "-NoProfile", "-NoLogo", "-NonInteractive")).ToArray();
        if (rest is [var first, ..] && Is(first, "-NoModule")) return ParseRun(rest[1..]) with { LoadModule = false };
        return ParseRun(rest);
    }

    private static CommandLine ParseRun(string[] args) => args switch
    {
        [] => Refuse(Usage),
        [var help, ..] when Is(help, "-Help", "-h", "--help", "-?") => Explain(Usage, Shell.ExitCode.Success),
        [var command, .. var text] when Is(command, "-Command", "-c") => RunText(text),
        [var file, .. var values] when Is(file, "-File", "-f") => RunFile(values),
        [var option, ..] when option.StartsWith('-') => Refuse($"'{option}' is not an option of this shell.\n\n{Usage}"),
        _ => RunFile(args),
    };

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

    private static CommandLine Run(string script) => new(script, LoadModule: true, null, Shell.ExitCode.Success);

    private static CommandLine Refuse(string message) => Explain(message, Shell.ExitCode.BadCommandLine);

    private static CommandLine Explain(string message, int exitCode) => new(null, LoadModule: false, message, exitCode);

    private static bool Is(string arg, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (arg.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
