using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Migrations.Module.Tests;

/// <summary>Ctrl+C and a polite kill of the shell end what runs, in order.</summary>
public sealed class InterruptTests
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_runs_the_finally_blocks_and_is_the_exit_code(string signal, int code)
    {
        using var folder = new TemporaryFolder();
        var begun = Path.Combine(folder.Path, "begun");
        using var shell = ShellProcess.Start(folder.Write("wait.ps1", $$"""
            try { [System.IO.File]::WriteAllText('{{begun}}', ''); while ($true) { [System.Threading.Thread]::Sleep(20) } }
            finally { [System.IO.File]::WriteAllText('{{begun}}.ended', '') }
            """));
        await WaitFor(() => File.Exists(begun));
        Send(signal, shell);
        Assert.Equal(code, (await shell.EndAsync()).ExitCode);
        Assert.True(File.Exists(begun + ".ended"));
    }

    [Fact]
    public async Task Engine_work_in_mid_flight_is_cancelled()
    {
        // A server that takes the connection and never says a word.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using var shell = ShellProcess.Start("-Command", $"Connect-Db 'host=127.0.0.1 port={port} user=x connect_timeout=300'; 'not reached'");
        using var accepted = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        Send("INT", shell);
        var result = await shell.EndAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.Empty(result.Lines);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_sandbox_goes_with_its_shell()
    {
        using var shell = ShellProcess.Start("-Command", "$null = Start-DbSandbox; while ($true) { [System.Threading.Thread]::Sleep(20) }");
        using var session = new ModuleSession();
        var mine = $"Get-DbSandbox | Where-Object OwnerProcessId -EQ {shell.Id}";
        await WaitFor(() => session.Run(mine).ThrowIfFailed().Output.Count == 1);
        Send("INT", shell);
        Assert.Equal(130, (await shell.EndAsync()).ExitCode);
        await WaitFor(() => session.Run(mine).ThrowIfFailed().Output.Count == 0);
    }

    private static void Send(string signal, ShellProcess shell)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill.");
        using var kill = Process.Start("kill", [$"-{signal}", $"{shell.Id}"]);
        kill.WaitForExit();
    }

    private static async Task WaitFor(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++) await Task.Delay(50);
        Assert.True(condition());
    }
}
