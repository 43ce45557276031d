using System.Management.Automation;

namespace Migrations.Module.Tests.Hosting;

/// <summary>All that left the module, as one text to search for a secret.</summary>
internal sealed class EverythingSaid
{
    private readonly List<string?> _seen = [];

    public string Text => string.Join('\n', _seen);

    public void Add(string text) => _seen.Add(text);

    /// <summary>As text, as every property down to three levels, and as what a job would send.</summary>
    public void Add(RunResult run)
    {
        foreach (var item in run.Output) _seen.AddRange([item.ToString(), PSSerializer.Serialize(item, 3)]);
        foreach (var error in run.Errors)
        {
            _seen.Add($"{error} {error.FullyQualifiedErrorId} {error.TargetObject} {error.ErrorDetails?.RecommendedAction} {error.Exception}");
            // The line that failed is the user's own text; everything else of the record is ours.
            _seen.AddRange([PSSerializer.Serialize(error.Exception, 3), PSSerializer.Serialize(error.TargetObject, 3)]);
        }

        foreach (var record in run.Streams.Verbose) _seen.Add(record.Message);
        foreach (var record in run.Streams.Debug) _seen.Add(record.Message);
        foreach (var record in run.Streams.Warning) _seen.Add(record.Message);
        foreach (var record in run.Streams.Information) _seen.Add($"{record} {PSSerializer.Serialize(record, 3)}");
        foreach (var record in run.Streams.Progress) _seen.Add($"{record.Activity} {record.StatusDescription} {record.CurrentOperation}");
    }
}
