using Migrations.Cmdlets.State;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.Output;

/// <summary>A place to connect to, as a server confirmed it. It remembers the credential; no member shows it.</summary>
public sealed class DbConnection
{
    internal DbConnection(ConnectionTarget target, Session session, DateTimeOffset now)
    {
        Target = target;
        Host = session.Address.Host;
        Port = session.Address.Port;
        Database = session.Server.Database;
        User = session.Server.SessionUser;
        Role = session.Server.Role;
        ServerVersion = session.Server.Version;
        IsStandby = session.Server.IsStandby;
        IsReadOnly = session.Server.IsReadOnly;
        IsSuperuser = session.Server.IsSuperuser;
        ApplicationName = target.Options.ApplicationName;
        ConnectedAt = now;
    }

    /// <summary>Of several hosts the one that answered.</summary>
    public string Host { get; }

    public int Port { get; }

    public string Database { get; }

    public string User { get; }

    /// <summary>current_user: differs from <see cref="User"/> after SET ROLE.</summary>
    public string Role { get; }

    public string ServerVersion { get; }

    public bool IsStandby { get; }

    public bool IsReadOnly { get; }

    public bool IsSuperuser { get; }

    public string ApplicationName { get; }

    public DateTimeOffset ConnectedAt { get; }

    internal ConnectionTarget Target { get; }

    public override string ToString() => Target.Options.ToString();
}
