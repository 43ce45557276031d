namespace Migrations.Engine.Connection;

/// <summary>How far a connection came before it failed.</summary>
public enum ConnectionStage
{
    /// <summary>The host name did not become an address.</summary>
    Name,

    /// <summary>The address (or the socket file) did not take a connection.</summary>
    Tcp,

    /// <summary>Encryption, or the proof of who the server is.</summary>
    Tls,

    /// <summary>The server does not accept who we say we are, or not from here.</summary>
    Authentication,

    /// <summary>The server knows us but gives no session: no such database, too many connections, starting up, not the wanted kind of server.</summary>
    Database,
}
