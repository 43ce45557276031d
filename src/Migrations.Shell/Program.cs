using Migrations.Shell;

var line = CommandLine.Parse(args);
if (line.Script is not { } script)
{
    (line.ExitCode == 0 ? Console.Out : Console.Error).WriteLine(line.Message);
    return line.ExitCode;
}

try
{
    using var session = ShellSession.Open(line.LoadModule);
    return session.Run(script);
}
catch (ShellException broken)
{
    Console.Error.WriteLine(broken.Message);
    return ExitCode.Failure;
}
