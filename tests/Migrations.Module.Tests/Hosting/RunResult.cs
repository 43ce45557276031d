using System.Management.Automation;
using Xunit.Sdk;

namespace Migrations.Module.Tests.Hosting;

/// <summary>Everything that a script gave back.</summary>
internal sealed record RunResult(IReadOnlyList<PSObject> Output, ErrorRecord? Terminating, RecordedStreams Streams)
{
    /// <summary>The terminating error and those of the error stream, where statement-terminating ones are too.</summary>
    public IReadOnlyList<ErrorRecord> Errors => Terminating is null ? Streams.Error : [Terminating, .. Streams.Error];

    public ErrorRecord OnlyError => Errors is [var only] ? only : throw new XunitException($"One error was expected, not {Errors.Count}: {string.Join("; ", Errors)}");

    public RunResult ThrowIfFailed() =>
        Errors.Count == 0 ? this : throw new XunitException(string.Join("\n", Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e} {e.ScriptStackTrace}")));

    public T Single<T>() => (T)Assert.Single(ThrowIfFailed().Output).BaseObject;
}
