namespace Migrations.Engine.Sandbox;

/// <summary>Linux (tried) and macOS (not tried): a shell as guard, a copied template as data directory.</summary>
internal sealed class UnixServerHost(SandboxHome home, ClusterTemplate template) : IServerHost
{
    public async Task<IServerGuard> PrepareAsync(
        string name, ServerBinaries binaries, string passwordVerifier, CancellationToken cancellationToken)
    {
        var source = await template.GetAsync(binaries, cancellationToken);
        string[] arguments = [home.FolderOf(name), home.LockOf(name), source, binaries.Folder];
        var guard = new UnixGuard(home.User.StartShell(UnixScripts.Guard, arguments), () => RemoveAsync(name, CancellationToken.None));
        try
        {
            if (await guard.PrepareAsync(passwordVerifier, cancellationToken)) return guard;
        }
        catch
        {
            await guard.EndAsync();
            throw;
        }

        await guard.EndAsync();
        throw new EngineException("SandboxInitFailed", FailureKind.Resource,
            $"The data directory of a sandbox could not be made in {home.Sandboxes}: {await guard.ErrorsAsync()}",
            "Look for a full disk or missing rights there; MIGRATIONS_CACHE names another folder.", home.Sandboxes);
    }

    public async Task<string?> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var folder = home.FolderOf(name);
        var result = await home.User.RunAsync(UnixScripts.Remove, [folder, home.LockOf(name)], cancellationToken);
        return result.Succeeded ? null : $"{folder} is still there. {result.Errors}".TrimEnd();
    }
}
