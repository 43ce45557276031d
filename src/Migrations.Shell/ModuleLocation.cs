namespace Migrations.Shell;

/// <summary>Finds the manifest above the folder the shell runs from, so that a checkout works wherever it is moved.</summary>
internal static class ModuleLocation
{
    private const string Manifest = "Migrations.psd1";

    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, Manifest);
            if (File.Exists(manifest)) return manifest;
        }

        throw new ShellException($"{Manifest} is not in any folder above '{AppContext.BaseDirectory}'. Run the shell from the checkout.");
    }
}
