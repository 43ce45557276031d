using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Migrations.Shell;

/// <summary>Where the engine's output goes: the streams of pwsh, with progress on the error stream.</summary>
internal sealed class ShellInterface(Terminal terminal, Prompter prompter) : PSHostUserInterface
{
    private bool _gap;

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawInterface();

    public override bool SupportsVirtualTerminal => terminal.ShowsOutput;

    public void Finish() => terminal.ClearProgress();

    public override void Write(string value)
    {
        _gap = false;
        terminal.Write(value);
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        terminal.Write($"{PSStyle.MapForegroundColorToEscapeSequence(foregroundColor)}{value}{PSStyle.Instance.Reset}");

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    /// <summary>The views end an error with an empty line: it shows between two errors and not after the last.</summary>
    public override void WriteErrorLine(string value)
    {
        var gap = _gap ? Environment.NewLine : "";
        _gap = string.IsNullOrEmpty(value);
        if (!_gap) terminal.WriteError(gap + value + Environment.NewLine);
    }

    public override void WriteDebugLine(string message) => Labelled("DEBUG", PSStyle.Instance.Formatting.Debug, message);

    public override void WriteVerboseLine(string message) => Labelled("VERBOSE", PSStyle.Instance.Formatting.Verbose, message);

    public override void WriteWarningLine(string message) => Labelled("WARNING", PSStyle.Instance.Formatting.Warning, message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => terminal.Show(record);

    public override string ReadLine() => prompter.ReadLine();

    public override SecureString ReadLineAsSecureString() => prompter.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        prompter.Fields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        prompter.Choice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        prompter.Credential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        prompter.Credential(caption, message, userName);

    private void Labelled(string label, string style, string message) => WriteLine($"{style}{label}: {message}{PSStyle.Instance.Reset}");
}
