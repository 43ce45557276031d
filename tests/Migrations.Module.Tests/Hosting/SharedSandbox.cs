using System.Data.Common;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

[assembly: AssemblyFixture(typeof(SharedSandbox))]

namespace Migrations.Module.Tests.Hosting;

/// <summary>One PostgreSQL for the test run, started by the module itself: role <c>deploy</c>, databases as tests ask for them.</summary>
public sealed class SharedSandbox : IDisposable
{
    private const string Role = "deploy";
    private readonly ModuleSession _session = new();
    private int _databases;

    public SharedSandbox()
    {
        var sandbox = _session.Run("Start-DbSandbox").ThrowIfFailed().Output[0];
        Name = (string)sandbox.Properties["Name"].Value;
        Port = (int)sandbox.Properties["Port"].Value;
        Major = int.Parse(((string)sandbox.Properties["Version"].Value).Split('.')[0], CultureInfo.InvariantCulture);
        var credential = (PSCredential)sandbox.Methods["GetCredential"].Invoke();
        Password = credential.GetNetworkCredential().Password;
        Execute("postgres", $"create role {Role} login superuser password '{Password}'");
    }

    public string Name { get; }

    public int Port { get; }

    public int Major { get; }

    /// <summary>Of both users. It is random, so it also serves as the canary that must never be seen.</summary>
    public string Password { get; }

    public string User { get; } = Role;

    /// <summary>The connection text of a new, empty database, with the password in it.</summary>
    public string NewDatabase() => NewDatabase($"music_{Interlocked.Increment(ref _databases)}");

    public string NewDatabase(string name)
    {
        Execute("postgres", $"""drop database if exists "{name}" """);
        Execute("postgres", $"""create database "{name}" owner {Role}""");
        return TextOf(name);
    }

    public string TextOf(string database) => $"host=127.0.0.1 port={Port} dbname={database} user={User} password={Password}";

    public object? Scalar(string database, string sql)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Execute(string database, string sql) => _ = Scalar(database, sql);

    public void Dispose()
    {
        _session.Run($"Stop-DbSandbox {Name} -Confirm:$false").ThrowIfFailed();
        _session.Dispose();
    }

    /// <summary>With the module's own driver, out of its own load context: these tests must not bring one into the default context.</summary>
    private DbConnection Open(string database)
    {
        var ours = AssemblyLoadContext.All.Single(context => context.Name == "Migrations");
        var type = ours.LoadFromAssemblyName(new AssemblyName("Npgsql")).GetType("Npgsql.NpgsqlConnection", throwOnError: true)!;
        var connection = (DbConnection)Activator.CreateInstance(type)!;
        connection.ConnectionString = $"Host=127.0.0.1;Port={Port};Username=postgres;Password={Password};Database={database};Pooling=false";
        connection.Open();
        return connection;
    }
}
