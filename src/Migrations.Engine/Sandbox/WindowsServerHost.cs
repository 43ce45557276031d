namespace Migrations.Engine.Sandbox;

/// <summary>
/// Windows, NOT TRIED. There is no shell to hold a pipe: the sandbox is stopped when the process exits in an orderly way,
/// and after a killed process by the sweep of the next start. initdb and pg_ctl give up administrators' rights themselves.
/// </summary>
internal sealed class WindowsServerHost(SandboxHome home) : IServerHost
{
    public async Task<IServerGuard> PrepareAsync(
        string name, ServerBinaries binaries, string passwordVerifier, CancellationToken cancellationToken)
    {
        var folder = home.FolderOf(name);
        Directory.CreateDirectory(folder);
        var data = Path.Combine(folder, "data");
        var passwordFile = Path.Combine(folder, "verifier");
        try
        {
            await File.WriteAllTextAsync(passwordFile, passwordVerifier, cancellationToken);
            using var initdb = home.User.Start(binaries.Program("initdb"),
                ["--pgdata=" + data, "--auth=scram-sha-256", "--pwfile=" + passwordFile, .. ClusterSettings.InitArguments]);
            var made = await ShellResult.OfAsync(initdb, cancellationToken);
            if (!made.Succeeded)
            {
                throw new EngineException("SandboxInitFailed", FailureKind.Resource,
                    $"initdb of PostgreSQL {binaries.Version} failed: {made.Errors}",
                    $"Look for a full disk or missing rights below {home.Sandboxes}.", binaries.Folder);
            }

            File.Delete(passwordFile);
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), ClusterSettings.Configuration, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), ClusterSettings.Access + "\n", cancellationToken);
            return new WindowsGuard(home.User, folder, binaries, () => RemoveAsync(name, CancellationToken.None));
        }
        catch
        {
            await RemoveAsync(name, CancellationToken.None);
            throw;
        }
    }

    public async Task<string?> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var folder = home.FolderOf(name);
        try
        {
            if (SandboxRecord.Read(folder) is { } record)
            {
                var control = Path.Combine(record.BinaryPath, "pg_ctl.exe");
                using var stop = home.User.Start(control, ["stop", "--silent", "--mode=immediate", "--pgdata=" + Path.Combine(folder, "data")]);
                await ShellResult.OfAsync(stop, cancellationToken);
            }

            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return e.Message;
        }
    }
}
