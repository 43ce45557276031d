using System.Management.Automation;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.Commands;

/// <summary>Tries a connection, says where it leads, and makes it the default of this session.</summary>
[Cmdlet(VerbsCommunications.Connect, "Db")]
[OutputType(typeof(DbConnection))]
public sealed class ConnectDbCommand : DatabaseCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public override object? Connection { get; set; }

    /// <summary>Only write the connection, for -Connection of other cmdlets.</summary>
    [Parameter]
    public SwitchParameter NoDefault { get; set; }

    protected override void Execute()
    {
        var target = ResolveTarget();
        var connection = Await((activity, stop) => TryAsync(target, new Database(OptionsOf(target), activity), stop));
        if (!NoDefault) RunspaceState.Of(this).Default = connection;
        WriteObject(connection);
    }

    private static async Task<DbConnection> TryAsync(ConnectionTarget target, Database database, CancellationToken cancellationToken)
    {
        await using (database)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return new DbConnection(target, session, TimeProvider.System.GetLocalNow());
        }
    }
}
