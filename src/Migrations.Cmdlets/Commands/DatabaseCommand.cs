using System.Management.Automation;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.Commands;

/// <summary>A cmdlet that connects: the one vocabulary of connection parameters, and the database they lead to.</summary>
public abstract class DatabaseCommand : EngineCommand
{
    /// <summary>
    /// A connection string, a postgresql:// URI, a service name, or what Connect-Db or Start-DbSandbox wrote; else the default
    /// connection, then PG*.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual object? Connection { get; set; }

    [Parameter]
    [Credential]
    [ValidateNotNull]
    public virtual PSCredential? Credential { get; set; }

    /// <summary>Writes a short-lived password; called for each new connection.</summary>
    [Parameter]
    [ValidateNotNull]
    public virtual ScriptBlock? TokenScript { get; set; }

    /// <summary>Opened at the first use, one for the command, closed at its end.</summary>
    protected Database Database => field ??= Keep(new Database(OptionsOf(ResolveTarget()), DatabaseActivity));

    /// <summary>Who hears what the server says.</summary>
    private protected virtual IActivity DatabaseActivity => Activity;

    /// <summary>A session that lives as long as the command.</summary>
    protected Session OpenSession() => Keep(Await((_, stop) => Database.OpenAsync(stop)));

    private protected ConnectionTarget ResolveTarget() =>
        ConnectionTarget.Of(Connection, RunspaceState.Of(this)).With(Credential, TokenScript);

    private protected ConnectionOptions OptionsOf(ConnectionTarget target) =>
        target.Token is { } token ? target.Options.WithToken(stop => new(OnPipelineThread(token.Ask, stop))) : target.Options;

    /// <summary>Of a parameter that names another server, in the vocabulary of -Connection; null when it was not given.</summary>
    private protected ConnectionOptions? OptionsOfOther(object? connection) => connection is null ? null : OptionsOf(ConnectionTarget.Of(connection, RunspaceState.Of(this)));
}
