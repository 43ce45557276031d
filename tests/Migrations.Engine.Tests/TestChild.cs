using System.Diagnostics;
using System.Runtime.InteropServices;
using Migrations.Engine.Tests.Connection;
using Migrations.Engine.Tests.Migrate;
using Migrations.Engine.Tests.Sandbox;
using Migrations.Engine.Tests.Tables;

namespace Migrations.Engine.Tests;

/// <summary>This test program as another process, in a role that a test gives it: for what only the death of a process shows.</summary>
internal static class TestChild
{
    public const string Switch = "--test-child";

    /// <summary>The muxer of the runtime that runs us: it is there however the tests were started, and whatever PATH says.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The command line of a child.</summary>
    public static string[] CommandLine(string role, params string[] arguments) => CommandLineIn(AppContext.BaseDirectory, role, arguments);

    /// <summary>The same for a copy of this program in another folder.</summary>
    public static string[] CommandLineIn(string folder, string role, params string[] arguments) =>
        [Dotnet, Path.Combine(folder, typeof(TestChild).Assembly.GetName().Name + ".dll"), Switch, role, .. arguments];

    public static ProcessStartInfo StartInfo(IReadOnlyList<string> commandLine) =>
        new(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    public static Task<int> RunAsync(string role, string[] arguments) => role switch
    {
        SandboxOwner.Role => SandboxOwner.RunAsync(arguments),
        ConnectingChild.Role => ConnectingChild.RunAsync(arguments),
        ImportingChild.Role => ImportingChild.RunAsync(),
        MigratingChild.Role => MigratingChild.RunAsync(),
        _ => throw new ArgumentException($"No child of this program plays '{role}'.", nameof(role)),
    };
}
