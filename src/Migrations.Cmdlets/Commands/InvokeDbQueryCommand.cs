using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Connection;

namespace Migrations.Cmdlets.Commands;

/// <summary>Runs one query in a read-only transaction and writes its rows as objects.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "DbQuery")]
[OutputType(typeof(PSObject))]
public sealed class InvokeDbQueryCommand : DatabaseCommand
{
    /// <summary>One statement; $1, $2 stand for the values of -Parameter (write them in single quotes, or PowerShell expands them).</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    [Parameter(Position = 1)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] Parameter { get; set; } = [];

    /// <summary>The server gives up after this long; without it never.</summary>
    [Parameter]
    [TimeLimit]
    public TimeSpan Timeout { get; set; }

    protected override void Execute()
    {
        var values = (Parameter ?? []).Select(value => value is PSObject wrapped ? wrapped.BaseObject : value).ToList();
        Stream((_, stop) => new ReadOnlyQuery(Database).RunAsync(Query, values, Timeout, stop), row =>
        {
            var item = new PSObject();
            foreach (var (name, value) in row) item.Properties.Add(new PSNoteProperty(name, value));
            WriteObject(item);
        });
    }
}
