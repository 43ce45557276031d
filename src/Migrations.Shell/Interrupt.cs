using System.Runtime.InteropServices;

namespace Migrations.Shell;

/// <summary>
/// Ctrl+C and a polite kill stop the pipeline, so that `finally` blocks run and the server is told to cancel. The second one
/// is left to the system: a way out when stopping hangs.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _raised = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupt() =>
        _signals = [On(PosixSignal.SIGINT, 2), On(PosixSignal.SIGTERM, 15), On(PosixSignal.SIGHUP, 1)];

    public event Action? Signalled;

    public CancellationToken Token => _raised.Token;

    public bool Raised => _raised.IsCancellationRequested;

    /// <summary>What a shell reports for a process that the signal ended: 130 after Ctrl+C.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _raised.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (Raised) return;
            context.Cancel = true;
            ExitCode = Shell.ExitCode.SignalBase + number;
            _raised.Cancel();
            Signalled?.Invoke();
        });
}
