using System.Reflection;

namespace Migrations.Engine.History;

/// <summary>Who acts, as the client sees it; the server adds the role and the address.</summary>
public sealed record Actor(string OsUser, string Host, int ProcessId, string Module)
{
    public static Actor Current() => new(
        Environment.UserName,
        Environment.MachineName,
        Environment.ProcessId,
        "Migrations " + (typeof(Actor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0"));
}
