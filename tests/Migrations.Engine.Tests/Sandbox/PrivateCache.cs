using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>
/// A sandbox home of one test class: there nobody else's start sweeps, and what lies in it can be counted. One fixture a class.
/// </summary>
public sealed class PrivateCache : IAsyncDisposable
{
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"migrations-test-{Guid.NewGuid():N}");

    /// <summary>Folders and lock files of sandboxes, without any order.</summary>
    public IReadOnlyList<string> Left =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "sandboxes")).Select(entry => Path.GetFileName(entry)!)];

    public IReadOnlyList<string> Templates =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "templates")).Select(entry => Path.GetFileName(entry)!)];

    /// <summary>With the binaries of the tests' oldest server.</summary>
    public async Task<SandboxOptions> OptionsAsync(Servers servers) =>
        new() { CacheFolder = Folder, BinaryPath = (await servers.ServerAsync(Servers.Majors.First().Data)).BinaryPath };

    public Task<SandboxRegistry> RegistryAsync() =>
        SandboxRegistry.OpenAsync(Folder, new SilentActivity(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Templates are read-only, even to their owner.
        await ServerUser.Ourselves.RunAsync("""chmod -R u+w "$1"; rm -rf "$1" """, [Folder], CancellationToken.None);
    }
}
