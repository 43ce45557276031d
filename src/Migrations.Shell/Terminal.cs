using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;

namespace Migrations.Shell;

/// <summary>The two output streams of the process and the progress line, in one order.</summary>
internal sealed class Terminal
{
    private readonly Lock _gate = new();
    private readonly ProgressLine? _progress;
    private bool _onlyErrors;

    public Terminal()
    {
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (ShowsErrors) _progress = new ProgressLine(Console.Error, TimeProvider.System);
    }

    public bool ShowsOutput { get; } = !Console.IsOutputRedirected;

    public bool ShowsErrors { get; } = !Console.IsErrorRedirected;

    public bool CanAsk { get; } = !Console.IsInputRedirected;

    public void Write(string text)
    {
        if (_onlyErrors) WriteError(text);
        else To(Console.Out, text, ShowsOutput);
    }

    public void WriteError(string text) => To(Console.Error, text, ShowsErrors);

    public IDisposable SendOutputToErrors()
    {
        _onlyErrors = true;
        return new Scope(() => _onlyErrors = false);
    }

    public void Show(ProgressRecord progress)
    {
        lock (_gate) _progress?.Show(progress);
    }

    public void ClearProgress()
    {
        lock (_gate) _progress?.Clear();
    }

    private void To(TextWriter stream, string text, bool styled)
    {
        lock (_gate)
        {
            _progress?.Clear();
            stream.Write(PSHostUserInterface.GetOutputString(text, styled));
        }
    }

    private sealed class Scope(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
