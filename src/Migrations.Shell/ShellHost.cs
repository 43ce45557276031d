using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace Migrations.Shell;

/// <summary>What the engine asks of the program around it.</summary>
internal sealed class ShellHost : PSHost
{
    private readonly Terminal _terminal = new();
    private readonly ShellInterface _interface;

    public ShellHost(CancellationToken stop)
    {
        _interface = new ShellInterface(_terminal, new Prompter(_terminal, stop));
        // Headers carry colours whatever the terminal can do, unless the engine is told that nobody will see them.
        if (!_terminal.ShowsOutput) PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
    }

    /// <summary>Set by an `exit` that reached the top.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "Migrations.Shell";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => _interface;

    /// <summary>
    /// The engine marks an error's text for the error stream only when a pipeline reports it; the one that ends the run has none.
    /// </summary>
    public IDisposable SendOutputToErrors() => _terminal.SendOutputToErrors();

    public void Finish() => _interface.Finish();

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("This shell has no nested prompt.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("This shell has no nested prompt.");

    /// <summary>A native program may draw on the terminal: our line must be gone before it starts.</summary>
    public override void NotifyBeginApplication() => _interface.Finish();

    public override void NotifyEndApplication() { }
}
