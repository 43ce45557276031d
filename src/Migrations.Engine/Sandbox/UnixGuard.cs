using System.Diagnostics;
using System.Globalization;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A small shell that runs as the server's user, holds the other end of a pipe of ours and cleans up when the pipe ends.
/// (The kernel's parent-death signal is no way: it follows the thread that forked, and .NET's threads come and go.)
/// </summary>
internal sealed class UnixGuard(Process shell, Func<Task<string?>> cleanUp) : IServerGuard
{
    /// <summary>Longer than the guard gives a server that does not want to end.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Task<string> _errors = shell.StandardError.ReadToEndAsync(CancellationToken.None);

    public Task<bool> PrepareAsync(string passwordVerifier, CancellationToken cancellationToken) =>
        AskAsync($"prepare {passwordVerifier}", cancellationToken);

    public Task<bool> StartServerAsync(SandboxRecord record, CancellationToken cancellationToken) =>
        AskAsync(string.Create(CultureInfo.InvariantCulture, $"start {record.Port} {record.ToJson()}"), cancellationToken);

    public Task<bool> RestartServerAsync(bool crash, CancellationToken cancellationToken) =>
        AskAsync(crash ? "restart KILL" : "restart INT", cancellationToken);

    /// <summary>What the guard complained about; it must have ended.</summary>
    public async Task<string> ErrorsAsync() => (await _errors).Trim();

    public async Task<string?> EndAsync()
    {
        try
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync().WaitAsync(s_patience);
            if (shell.ExitCode == 0) return null;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // It was killed, or hangs on something that does not end.
        }

        return await cleanUp();
    }

    private async Task<bool> AskAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await shell.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await shell.StandardInput.FlushAsync(cancellationToken);
            return await shell.StandardOutput.ReadLineAsync(cancellationToken) == "done";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
