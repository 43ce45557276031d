namespace Migrations.Engine.Sandbox;

internal static class ServerGuard
{
    public static IServerGuard Launch(SandboxHome home, string name, string template, ServerBinaries binaries) =>
        new UnixGuard(home, name, template, binaries);
}
