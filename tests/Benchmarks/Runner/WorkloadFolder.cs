namespace Benchmarks.Runner;

/// <summary>A workload on disk, written once for each contender in the form that it wants.</summary>
internal sealed class WorkloadFolder(int scripts) : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("migrations-benchmark-");
    private readonly Dictionary<string, WorkloadProject> _projects = [];

    public Workload Workload { get; } = new(scripts);

    public async Task<WorkloadProject> ForAsync(IContender contender, CancellationToken ct)
    {
        if (_projects.TryGetValue(contender.Name, out var known))
            return known;
        var project = new WorkloadProject(Workload, _root.CreateSubdirectory(contender.Name.Replace(' ', '-')).FullName);
        await contender.WriteAsync(project, ct);
        return _projects[contender.Name] = project;
    }

    public void Dispose() => _root.Delete(recursive: true);
}
