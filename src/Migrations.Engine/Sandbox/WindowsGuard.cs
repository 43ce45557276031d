using System.Globalization;

namespace Migrations.Engine.Sandbox;

/// <summary>Windows, NOT TRIED: stops the server at the orderly end of this process; see <see cref="WindowsServerHost"/>.</summary>
internal sealed class WindowsGuard : IServerGuard
{
    private readonly ServerUser _user;
    private readonly string _folder;
    private readonly ServerBinaries _binaries;
    private readonly Func<Task<string?>> _cleanUp;

    public WindowsGuard(ServerUser user, string folder, ServerBinaries binaries, Func<Task<string?>> cleanUp)
    {
        _user = user;
        _folder = folder;
        _binaries = binaries;
        _cleanUp = cleanUp;
        AppDomain.CurrentDomain.ProcessExit += AtExit;
    }

    private string Data => Path.Combine(_folder, "data");

    public async Task<bool> StartServerAsync(SandboxRecord record, CancellationToken cancellationToken)
    {
        var port = string.Create(CultureInfo.InvariantCulture, $"port = {record.Port}\n");
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), port, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, SandboxRecord.FileName), record.ToJson(), cancellationToken);
        return await ControlAsync(["start", "--log=" + Path.Combine(_folder, ServerLog.FileName)], cancellationToken);
    }

    public Task<bool> RestartServerAsync(bool crash, CancellationToken cancellationToken) =>
        ControlAsync(["restart", crash ? "--mode=immediate" : "--mode=fast", "--log=" + Path.Combine(_folder, ServerLog.FileName)], cancellationToken);

    public async Task<string?> EndAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= AtExit;
        await ControlAsync(["stop", "--mode=fast", "--timeout=5"], CancellationToken.None);
        return await _cleanUp();
    }

    private void AtExit(object? sender, EventArgs e) => EndAsync().GetAwaiter().GetResult();

    /// <summary>Waits for pg_ctl alone, not for the end of its outputs: the server that it starts inherits them.</summary>
    private async Task<bool> ControlAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var control = _user.Start(_binaries.Program("pg_ctl"), [.. arguments, "--silent", "--wait", "--pgdata=" + Data]);
        control.StandardInput.Close();
        await control.WaitForExitAsync(cancellationToken);
        return control.ExitCode == 0;
    }
}
