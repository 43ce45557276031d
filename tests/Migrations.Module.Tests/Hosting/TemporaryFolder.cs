namespace Migrations.Module.Tests.Hosting;

/// <summary>An empty folder that goes with the test. Its name has brackets, which are wildcards to PowerShell.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"migrations [{Guid.NewGuid():N}]")).FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
