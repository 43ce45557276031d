using System.Management.Automation;

namespace Migrations.Module.Tests.Hosting;

/// <summary>Copies: the streams of a PowerShell are emptied when it is disposed.</summary>
internal sealed record RecordedStreams(
    IReadOnlyList<ErrorRecord> Error,
    IReadOnlyList<WarningRecord> Warning,
    IReadOnlyList<VerboseRecord> Verbose,
    IReadOnlyList<DebugRecord> Debug,
    IReadOnlyList<InformationRecord> Information,
    IReadOnlyList<ProgressRecord> Progress)
{
    public static RecordedStreams Of(PSDataStreams streams) =>
        new([.. streams.Error], [.. streams.Warning], [.. streams.Verbose], [.. streams.Debug], [.. streams.Information], [.. streams.Progress]);
}
