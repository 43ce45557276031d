using System.Management.Automation;

namespace Migrations.Shell;

/// <summary>What a run's errors make of its exit code when the script itself set none.</summary>
internal sealed class Outcome
{
    public const string MissingCommandHint =
        "Migrations.Shell is a small host with PowerShell's core commands only; install PowerShell 7.6 (pwsh) for the rest.";

    /// <summary>The interpreter's own; that of Get-Command, which only looks, ends in its class name.</summary>
    private const string UnknownCommand = nameof(CommandNotFoundException);

    public bool CommandMissing { get; private set; }

    public int ExitCode { get; private set; } = Shell.ExitCode.Success;

    /// <summary>An error that ended the script, or the statement it arose in.</summary>
    public void Terminated(ErrorRecord error)
    {
        ExitCode = Shell.ExitCode.Failure;
        Noticed(error);
    }

    public void Noticed(ErrorRecord error) => CommandMissing |= error.FullyQualifiedErrorId == UnknownCommand;
}
