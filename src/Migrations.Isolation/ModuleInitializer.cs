using System.Management.Automation;
using System.Runtime.Loader;

namespace Migrations.Isolation;

/// <summary>
/// Answers the one assembly name that leads into the module's own load context. It has an assembly of its own, loaded as the
/// first nested module, because PowerShell looks at the cmdlets' types before it runs an initializer of theirs.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string Engine = "Migrations.Engine";

    /// <summary>One for the process: a second import, another runspace and -Force find the hook in place.</summary>
    private static readonly EngineLoadContext s_context = Hook();

    public void OnImport() => _ = s_context;

    private static EngineLoadContext Hook()
    {
        var here = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
        var context = new EngineLoadContext(Path.Combine(here, "deps"));
        // The engine alone: any other name that the default context cannot find is somebody else's business.
        AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == Engine ? context.LoadFromAssemblyName(name) : null;
        return context;
    }
}
