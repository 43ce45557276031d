using System.Globalization;

namespace Migrations.Module.Tests.Hosting;

/// <summary>An empty folder that goes with the test.</summary>
/// <param name="format">Has brackets, which are wildcards to PowerShell, where nothing speaks against them.</param>
internal sealed class TemporaryFolder(string format = "migrations [{0:N}]") : IDisposable
{
    /// <summary>PowerShell loads no module from a folder whose name has wildcards.</summary>
    public const string ForModules = "migrations {0:N}";

    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Format(CultureInfo.InvariantCulture, format, Guid.NewGuid()))).FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
