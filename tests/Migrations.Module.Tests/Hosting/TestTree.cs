using System.Reflection;

namespace Migrations.Module.Tests.Hosting;

/// <summary>Where the checkout is that the tests were built from, and what it was built to.</summary>
internal static class TestTree
{
    public static string Root { get; } = FindRoot();

    public static string Manifest { get; } = Path.Combine(Root, "Migrations.psd1");

    public static string ProbeAssembly { get; } = Built("tests", "Migrations.Probe", "Migrations.Probe.dll");

    public static string Shell { get; } = Built("src", "Migrations.Shell", OperatingSystem.IsWindows() ? "Migrations.Shell.exe" : "Migrations.Shell");

    public static string ForeignNpgsql { get; } = Path.Combine(AppContext.BaseDirectory, "foreign", "Npgsql.dll");

    /// <summary>Debug or Release, as these tests.</summary>
    private static string Built(string folder, string project, string file) =>
        Path.Combine(Root, folder, project, "bin", typeof(TestTree).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration, "net10.0", file);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Migrations.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run from inside the checkout.");
    }
}
