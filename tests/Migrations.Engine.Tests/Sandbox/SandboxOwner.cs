using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>
/// The child that owns a sandbox: <c>CACHE BINARIES VERSION</c> (a dash leaves the default). It writes what it started as one
/// line, or the message of the failure, and ends without stopping it when its input ends, or <c>at-once</c>.
/// </summary>
internal static class SandboxOwner
{
    public const string Role = "sandbox-owner";

    public static async Task<int> RunAsync(string[] arguments)
    {
        // As an interactive shell does at Ctrl+C: it stays.
        using var staying = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var options = new SandboxOptions 
        {
            CacheFolder = Given(arguments[0]),
            BinaryPath = Given(arguments[1]),
            Version = Given(arguments[2]) is { } major ? int.Parse(major, CultureInfo.InvariantCulture) : null,
        };
        try
        {
            var server = await SandboxServer.StartAsync(options, new SilentActivity(), CancellationToken.None);
            Console.WriteLine(JsonSerializer.Serialize(new OwnedSandbox(server.Info, server.ConnectionString)));
        }
        catch (EngineException e)
        {
            Console.WriteLine($"{e.ErrorId}: {e.Message}");
            return 1;
        }

        // A closed input is not an ended one: its descriptor is some handle of the runtime then.
        if (arguments is not [.., "at-once"]) Console.ReadLine();
        Environment.Exit(0);
        return 0;
    }

    private static string? Given(string argument) => argument == "-" ? null : argument;
}
