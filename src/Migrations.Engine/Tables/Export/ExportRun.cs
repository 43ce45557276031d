namespace Migrations.Engine.Tables;

/// <summary>The writing of one source.</summary>
internal sealed class ExportRun(CsvFiles files, ExportPlan plan)
{
    private ExportProgress? _progress;
    private TimeSpan _elapsed;

    public CsvFiles Files => files;

    public void Begin(ExportProgress progress) => _progress = progress;

    public void Write(Block block)
    {
        files.Write(block.Text);
        _progress!.Tell(files.Rows, files.Bytes);
    }

    /// <summary>All of it is on the disk.</summary>
    public void Complete()
    {
        files.Complete();
        _progress!.End();
        _elapsed = _progress.Elapsed;
    }

    public ExportResult Result(string? manifest) =>
        new() { Source = plan.Source, Files = files.Written, Bytes = files.Bytes, Elapsed = _elapsed, Manifest = manifest };
}
