using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>A running <see cref="SandboxOwner"/>, in a session of its own, so that signals to its group reach nobody else.</summary>
internal sealed class OwnerProcess : IDisposable
{
    private readonly Process _process;

    private OwnerProcess(Process process, OwnedSandbox sandbox)
    {
        _process = process;
        Sandbox = sandbox;
    }

    public OwnedSandbox Sandbox { get; }

    /// <summary>The owner itself; a shell before it has become it by exec.</summary>
    public int Id => _process.Id;

    public static Task<OwnerProcess> StartAsync(string cache, string binaries) =>
        StartAsync(TestChild.StartInfo(["setsid", .. TestChild.CommandLine(SandboxOwner.Role, cache, binaries, "-")]));

    public static async Task<OwnerProcess> StartAsync(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null || line[0] != '{')
            Assert.Fail($"The owner started nothing: {line} {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        return new OwnerProcess(process, JsonSerializer.Deserialize<OwnedSandbox>(line)!);
    }

    public void EndInput() => _process.StandardInput.Close();

    public Task WaitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
