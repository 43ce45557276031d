using System.Management.Automation;
using System.Security;

namespace Migrations.Module.Tests.Hosting;

/// <summary>
/// What the examples of the help take for granted. The shared sandbox stands for <c>db.example.com</c>: user <c>deploy</c>, a
/// database <c>music</c> with the history tables of two other tools and a table for CSV files, which is also the service <c>music</c> and the default connection. Commands that only a full PowerShell or a cloud has are played here.
/// The location is an empty folder; what <c>fixtures/help</c> holds is copied into it.
/// </summary>
internal sealed class ExampleWorld : IDisposable
{
    private const string Database = "music";

    /// <summary>What dbmate left, and Flyway under a name of its own.</summary>
    private const string OtherTools = """
        create table public.schema_migrations (version varchar primary key);
        insert into public.schema_migrations values ('001'), ('002');
        create schema app;
        create table app.schema_history (installed_rank int primary key, version varchar(50), description varchar(200), type varchar(20), script varchar(1000),
            checksum int, installed_by varchar(100), installed_on timestamp, execution_time int, success boolean);
        insert into app.schema_history values (1, '1', 'artists', 'SQL', 'V1__artists.sql', null, 'ada', '2024-05-01 10:00', 5, true);
        create schema shop;
        create table shop.orders (number int primary key, customer text not null, placed date not null, amount numeric(12,2));
        """;

    private readonly SharedSandbox _sandbox;
    private readonly TemporaryFolder _folder = new();
    private readonly ModuleSession _session = new();
    private readonly string _binaryPath;

    public ExampleWorld(SharedSandbox sandbox)
    {
        _sandbox = sandbox;
        CopyFixtures(Path.Combine(TestTree.Root, "tests", "Migrations.Module.Tests", "fixtures", "help"), _folder.Path);
        _session.Location = _folder.Path;
        _session["DeployCredential"] = Credential();
        _session.Run("""
            function global:Get-Credential { $DeployCredential }
            function global:Get-Secret { $DeployCredential }
            function global:aws { $DeployCredential.GetNetworkCredential().Password }
            """).ThrowIfFailed();
        var text = sandbox.NewDatabase(Database);
        sandbox.Execute(Database, OtherTools);
        Environment.SetEnvironmentVariable("PGSERVICEFILE", _folder.Write(".pg_service.conf", $"[music]\n{text.Replace(' ', '\n')}\n"));
        _session.Run($"Connect-Db '{text}'").ThrowIfFailed();
        _binaryPath = (string)_session.Run($"Get-DbSandbox {sandbox.Name}").ThrowIfFailed().Output[0].Properties["BinaryPath"].Value;
    }

    public RunResult Run(string example) => _session.Run(Placed(example));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PGSERVICEFILE", null);
        _session.Run("Stop-DbSandbox * -Confirm:$false").ThrowIfFailed();
        _session.Dispose();
        _folder.Dispose();
    }

    /// <summary>Addresses and the PostgreSQL version are the only things that differ from what is printed.</summary>
    private string Placed(string example) => example
        .Replace("//db.example.com/", $"//127.0.0.1:{_sandbox.Port}/", StringComparison.Ordinal)
        .Replace("host=db.example.com", $"host=127.0.0.1 port={_sandbox.Port}", StringComparison.Ordinal)
        .Replace("-Version 18", $"-Version {_sandbox.Major}", StringComparison.Ordinal)
        .Replace("/usr/lib/postgresql/18/bin", $"'{_binaryPath}'", StringComparison.Ordinal);

    private PSCredential Credential()
    {
        var password = new SecureString();
        foreach (var character in _sandbox.Password) password.AppendChar(character);
        return new PSCredential(_sandbox.User, password);
    }

    private static void CopyFixtures(string from, string to)
    {
        if (!Directory.Exists(from)) return;
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
