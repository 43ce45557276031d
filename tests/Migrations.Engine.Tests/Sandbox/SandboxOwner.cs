using System.Runtime.InteropServices;
using System.Text.Json;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>
/// The child that owns a sandbox: <c>CACHE BINARIES</c> (a dash leaves the default). It writes what it started as one line, and
/// ends without stopping it when its input says so or is at its end.
/// </summary>
internal static class SandboxOwner
{
    public const string Role = "sandbox-owner";

    public static async Task<int> RunAsync(string[] arguments)
    {
        // As an interactive shell does at Ctrl+C: it stays.
        using var staying = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var options = new SandboxOptions { CacheFolder = Given(arguments[0]), BinaryPath = Given(arguments[1]) };
        try
        {
            var server = await SandboxServer.StartAsync(options, new SilentActivity(), CancellationToken.None);
            Console.WriteLine(JsonSerializer.Serialize(new OwnedSandbox(server.Info, server.ConnectionString)));
        }
        catch (EngineException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }

        if (arguments is [_, _, "stay"]) await Task.Delay(Timeout.Infinite);
        Console.ReadLine();
        Environment.Exit(0);
        return 0;
    }

    private static string? Given(string argument) => argument == "-" ? null : argument;
}
