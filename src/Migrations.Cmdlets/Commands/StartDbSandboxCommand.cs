using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Commands;

/// <summary>Starts a private, throw-away PostgreSQL that ends with this process.</summary>
[Cmdlet(VerbsLifecycle.Start, "DbSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DbSandbox))]
public sealed class StartDbSandboxCommand : EngineCommand
{
    /// <summary>The PostgreSQL major; without it the first server found.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(MajorVersionCompleter))]
    [ValidateRange(1, 99)]
    public int Version { get; set; }

    /// <summary>The folder that holds initdb, pg_ctl and postgres.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BinaryPath { get; set; }

    protected override void Execute()
    {
        var what = Version == 0 ? "PostgreSQL" : $"PostgreSQL {Version}";
        if (!ShouldProcess($"a throw-away {what} on this machine", "Start")) return;
        var options = new SandboxOptions
        {
            Version = Version == 0 ? null : Version,
            BinaryPath = BinaryPath is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(BinaryPath),
        };
        var server = Await((activity, stop) => SandboxServer.StartAsync(options, activity, stop));
        var sandbox = new DbSandbox(server.Info, server);
        RunspaceState.Of(this).Add(sandbox);
        WriteObject(sandbox);
    }
}
