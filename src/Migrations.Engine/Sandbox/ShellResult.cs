using System.Diagnostics;

namespace Migrations.Engine.Sandbox;

/// <summary>What a program that ran to its end left: exit code and both outputs, trimmed.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Closes the program's input and waits; a cancelled wait kills it and what it started.</summary>
    public static async Task<ShellResult> OfAsync(Process process, CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ShellResult(process.ExitCode, (await output).Trim(), (await errors).Trim());
    }
}
