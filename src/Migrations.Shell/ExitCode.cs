namespace Migrations.Shell;

/// <summary>The codes of `pwsh`, and those of a shell for a process that a signal ended.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadCommandLine = 64;
    public const int SignalBase = 128;
}
