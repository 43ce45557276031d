using System.Diagnostics;
using System.Globalization;

namespace Migrations.Engine.Sandbox;

/// <summary>
/// A small shell that runs as the server's user, holds the other end of a pipe of ours and cleans up when the pipe ends.
/// (The kernel's parent-death signal is no way: it follows the thread that forked, and .NET's threads come and go.)
/// </summary>
internal sealed class UnixGuard : IServerGuard
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SandboxHome _home;
    private readonly string _name;
    private readonly Process _shell;
    private readonly Task<string> _errors;

    public UnixGuard(SandboxHome home, string name, string template, ServerBinaries binaries)
    {
        _home = home;
        _name = name;
        _shell = home.User.StartShell(ServerScripts.Guard, [home.FolderOf(name), home.LockOf(name), template, binaries.Folder]);
        _errors = _shell.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public async Task PrepareAsync(string passwordVerifier, CancellationToken cancellationToken)
    {
        if (await SayAsync($"prepare {passwordVerifier}", cancellationToken)) return;
        await DisposeAsync();
        throw new EngineException("SandboxInitFailed", FailureKind.Resource,
            $"The data directory of a sandbox could not be made in {_home.Sandboxes}: {(await _errors).Trim()}",
            "Look for a full disk or missing rights there; MIGRATIONS_CACHE names another folder.", _home.Sandboxes);
    }

    public Task<bool> StartServerAsync(SandboxRecord record, CancellationToken cancellationToken) =>
        SayAsync(string.Create(CultureInfo.InvariantCulture, $"start {record.Port} {record.ToJson()}"), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync().WaitAsync(s_patience);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // The guard is dead or hangs; what it should have done is done below.
        }

        if (Directory.Exists(_home.FolderOf(_name)))
            await _home.User.RunAsync(ServerScripts.Remove, [_home.FolderOf(_name), _home.LockOf(_name)], CancellationToken.None);
    }

    private async Task<bool> SayAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _shell.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await _shell.StandardInput.FlushAsync(cancellationToken);
            return await _shell.StandardOutput.ReadLineAsync(cancellationToken) == "done";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
