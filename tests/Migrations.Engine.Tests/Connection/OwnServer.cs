using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>A server that a test may reconfigure, stop or fill with roles.</summary>
internal static class OwnServer
{
    /// <summary>Skips the test when this machine can have no such server (a failure when <c>CI=true</c>).</summary>
    public static async Task<SandboxServer> StartAsync(int major)
    {
        try
        {
            return await SandboxServer.StartAsync(new SandboxOptions { Version = major }, new SilentActivity(), CancellationToken.None);
        }
        catch (EngineException e) when (e.ErrorId == "SandboxBinariesNotFound" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
