using System.Reflection;
using System.Runtime.Loader;

namespace Migrations.Isolation;

/// <summary>
/// Holds the engine and its dependencies, so that another module's Npgsql of another version never meets ours.
/// Not collectible: PowerShell's caches keep types alive, so unloading cannot work.
/// </summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("Migrations")
{
    private static readonly string s_framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var own = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(own) && !FrameworkHas(assemblyName) ? LoadFromAssemblyPath(own) : null;
    }

    /// <summary>The framework first: a second DiagnosticSource would hide the driver's traces from every listener.</summary>
    private static bool FrameworkHas(AssemblyName wanted)
    {
        var path = Path.Combine(s_framework, wanted.Name + ".dll");
        return File.Exists(path) && AssemblyName.GetAssemblyName(path).Version >= wanted.Version;
    }
}
