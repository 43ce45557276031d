using System.Collections;
using System.Management.Automation;

namespace Migrations.Shell;

/// <summary>
/// Stands between the script and Out-Default and lets everything pass. An exception of a cmdlet ends only the statement; the
/// script goes on and pwsh leaves with 0. A scheduled migration must not look well then, so such an error is noticed here.
/// </summary>
[Cmdlet("Watch", "Outcome")]
internal sealed class WatchOutcomeCommand : PSCmdlet
{
    internal static CmdletInfo Info { get; } = new("Watch-Outcome", typeof(WatchOutcomeCommand));

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    public Outcome Outcome { get; set; } = new();

    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord error)
        {
            if (IsStatementTerminating(error)) Outcome.Terminated(error);
            else Outcome.Noticed(error);
        }

        WriteObject(InputObject);
    }

    /// <summary>
    /// The record of WriteError is the one in <c>$Error</c>. For an exception that the interpreter continues after,
    /// it reports a copy: the only trace that tells the two apart.
    /// </summary>
    private bool IsStatementTerminating(ErrorRecord error) =>
        SessionState.PSVariable.GetValue("global:Error") is ArrayList errors
        && !errors.Cast<object>().Any(known => ReferenceEquals(known, error));
}
