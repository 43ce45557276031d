using System.Diagnostics;

namespace Migrations.Module.Tests.Hosting;

/// <summary>The built Migrations.Shell as a process of its own, with its streams redirected as on a runner.</summary>
internal sealed class ShellProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ShellProcess(string? input, string? folder, params IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(TestTree.Shell, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder ?? Environment.CurrentDirectory,
            },
        };
        _process.Start();
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
        if (input is not null) _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    public int Id => _process.Id;

    public static ShellProcess Start(params IEnumerable<string> arguments) => new(null, null, arguments);

    public static Task<ShellResult> RunAsync(params IEnumerable<string> arguments) => RunInAsync(null, null, arguments);

    public static async Task<ShellResult> RunInAsync(string? folder, string? input, params IEnumerable<string> arguments)
    {
        using var shell = new ShellProcess(input, folder, arguments);
        return await shell.EndAsync();
    }

    public async Task<ShellResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return new ShellResult(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
