using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Migrations.Engine.Tests;

/// <summary>A database of a test's own. It goes wherever a connection is asked for: the engine's options or the driver's string.</summary>
public sealed class TestDatabase(SandboxServer server, string name)
{
    public SandboxServer Server => server;

    public string Name => name;

    public ConnectionOptions Options => server.Connection.WithDatabase(name);

    public string ConnectionString => new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;

    public static implicit operator ConnectionOptions(TestDatabase database) => database.Options;

    public static implicit operator string(TestDatabase database) => database.ConnectionString;

    public override string ToString() => $"{server.Name}/{name}";
}
