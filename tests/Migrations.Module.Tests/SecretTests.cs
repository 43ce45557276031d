using System.Management.Automation;

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
        var seen = new List<string?>();
        foreach (var script in scripts) Collect(session.Run(script), seen);
        seen.Add(session.Host.Text);
        var everything = string.Join('\n', seen);

        Assert.Contains("ConnectionDatabaseFailed", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Password, everything, StringComparison.Ordinal);
    }

    /// <summary>As text, as every property down to three levels, and as what a job would send.</summary>
    private static void Collect(RunResult run, List<string?> seen)
    {
        foreach (var item in run.Output) seen.AddRange([item.ToString(), PSSerializer.Serialize(item, 3)]);
        foreach (var error in run.Errors)
        {
            seen.Add($"{error} {error.FullyQualifiedErrorId} {error.TargetObject} {error.ErrorDetails?.RecommendedAction} {error.Exception}");
            // The line that failed is the user's own text; everything else of the record is ours.
            seen.AddRange([PSSerializer.Serialize(error.Exception, 3), PSSerializer.Serialize(error.TargetObject, 3)]);
        }

        foreach (var record in run.Streams.Verbose) seen.Add(record.Message);
        foreach (var record in run.Streams.Debug) seen.Add(record.Message);
        foreach (var record in run.Streams.Warning) seen.Add(record.Message);
        foreach (var record in run.Streams.Information) seen.Add($"{record} {PSSerializer.Serialize(record, 3)}");
        foreach (var record in run.Streams.Progress) seen.Add($"{record.Activity} {record.StatusDescription} {record.CurrentOperation}");
    }
}
