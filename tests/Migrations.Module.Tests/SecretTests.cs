namespace Migrations.Module.Tests;

/// <summary>The password, random in each run, is looked for in everything that leaves the module.</summary>
public sealed class SecretTests(SharedSandbox sandbox)
{
    [Fact]
    public void A_password_is_in_no_stream_no_object_and_no_error()
    {
        using var session = new ModuleSession();
        session["secret"] = sandbox.Password;
        // The variables rather than -Debug, which makes PowerShell ask at every warning.
        session.Run("$global:VerbosePreference = $global:DebugPreference = $global:InformationPreference = 'Continue'").ThrowIfFailed();
        var server = $"host=127.0.0.1 port={sandbox.Port}";
        string[] scripts =
        [
            $"Connect-Db '{sandbox.TextOf("postgres")}'",
            $"Connect-Db '{sandbox.TextOf("absent")}'",
            $"Connect-Db '{server} user=nobody password={sandbox.Password}'",
            $"Connect-Db '{server} user=deploy password={sandbox.Password} sslmode=verify-full'",
            $"Connect-Db 'postgresql://deploy:{sandbox.Password}@127.0.0.1:{sandbox.Port}/postgres?nonsense=1'",
            $"Connect-Db 'password={sandbox.Password} ='",
            $"Connect-Db '{server} user=deploy dbname=absent' -TokenScript {{ $secret }}",
            "Get-DbConnection; Get-DbSandbox; \"$(Get-DbConnection)\"; \"$(Get-DbSandbox)\"",
            "Get-DbConnection | Out-Host; Get-DbSandbox | Out-Host",
            "$own = Start-DbSandbox; $own; $own | Out-Host; $own | Connect-Db; $own | Stop-DbSandbox",
        ];
        var said = new EverythingSaid();
        foreach (var script in scripts) said.Add(session.Run(script));
        said.Add(session.Host.Text);

        Assert.Contains("ConnectionDatabaseFailed", said.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Password, said.Text, StringComparison.Ordinal);
    }
}
