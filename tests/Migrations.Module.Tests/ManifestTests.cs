using System.Xml.Linq;

namespace Migrations.Module.Tests;

/// <summary>What Migrations.psd1 says is what the build makes.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void The_version_is_the_one_of_the_build()
    {
        var built = XDocument.Load(Path.Combine(TestTree.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        using var session = new ModuleSession();
        Assert.Equal(built, session.Run("(Get-Module Migrations).Version.ToString()").Single<string>());
    }

    [Fact]
    public void The_manifest_passes_PowerShells_own_test()
    {
        using var session = new ModuleSession(import: false);
        session.Run($"Test-ModuleManifest '{TestTree.Manifest}'").ThrowIfFailed();
    }

    [Fact]
    public void Every_cmdlet_of_the_assembly_is_exported_and_no_other_name_is()
    {
        using var session = new ModuleSession();
        var exported = session.Run("(Get-Module Migrations).ExportedCommands.Keys").ThrowIfFailed().Output.Select(name => name.ToString()).Order();
        using var bare = new ModuleSession(import: false);
        var path = Path.Combine(TestTree.Root, "module", "bin", "Migrations.Cmdlets.dll");
        var compiled = bare.Run($"(Import-Module '{path}' -PassThru).ExportedCmdlets.Keys").ThrowIfFailed().Output.Select(name => name.ToString()).Order();
        Assert.Equal(compiled, exported);

        var listed = session.Run($"(Test-ModuleManifest '{TestTree.Manifest}').ExportedCmdlets.Keys").ThrowIfFailed().Output.Select(n => n.ToString()).Order();
        Assert.Equal(compiled, listed);
    }

    [Fact]
    public void Lists_are_explicit_so_that_auto_loading_need_not_open_the_assemblies()
    {
        var text = File.ReadAllText(TestTree.Manifest);
        foreach (var list in new[] { "CmdletsToExport", "FunctionsToExport", "VariablesToExport", "AliasesToExport" })
            Assert.Matches($@"(?m)^\s*{list} = @\(", text);
        Assert.DoesNotContain("'*'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_the_modules_own_two_assemblies_is_beside_the_dependencies()
    {
        var beside = Directory.GetFiles(Path.Combine(TestTree.Root, "module", "bin"), "*.dll").Select(Path.GetFileName).Order();
        Assert.Equal(["Migrations.Cmdlets.dll", "Migrations.Isolation.dll"], beside);
        var apart = Directory.GetFiles(Path.Combine(TestTree.Root, "module", "bin", "deps"), "*.dll").Select(Path.GetFileName);
        Assert.DoesNotContain("System.Management.Automation.dll", apart);
        Assert.Contains("Npgsql.dll", apart);
    }
}
