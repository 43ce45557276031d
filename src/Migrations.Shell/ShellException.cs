namespace Migrations.Shell;

/// <summary>The shell itself cannot work; the message is for a person.</summary>
internal sealed class ShellException(string message) : Exception(message);
